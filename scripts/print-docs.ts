import { writeFileSync } from "node:fs";
import { configReference } from "../src/config/index.ts";

/** The pages of docs/ that are printed from the code; a test beside each source compares them. */
const pages: readonly [path: string, print: () => string][] = [["docs/configuration.md", configReference]];

for (const [path, print] of pages) writeFileSync(path, print());
