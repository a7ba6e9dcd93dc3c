// npm run docs: writes every file that is printed from the sources.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { pages } from "./pages.ts";

for (const { path, print } of pages) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, print());
  process.stdout.write(`${path}\n`);
}
