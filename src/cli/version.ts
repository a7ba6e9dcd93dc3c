import { readFileSync } from "node:fs";
import { packageRoot } from "./package-root.ts";

/** Version of this program, from its package.json. */
export const version: string = readVersion();

function readVersion(): string {
  const text = readFileSync(new URL("package.json", packageRoot), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
