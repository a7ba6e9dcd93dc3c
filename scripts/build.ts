// npm run build: JavaScript and declarations in dist/, with an executable command line.
import { chmodSync, rmSync } from "node:fs";
import { runSteps, tool } from "./steps.ts";

rmSync("dist", { recursive: true, force: true });
const passed = runSteps([tool("build", "tsc", "-p", "tsconfig.build.json")]);
if (passed) chmodSync("dist/cli/main.js", 0o755);
process.exitCode = passed ? 0 : 1;
