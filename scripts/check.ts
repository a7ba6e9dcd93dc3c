// npm run check: format, lint, types, dead code, import rule.
import { node, runSteps, tool } from "./steps.ts";

const FOLDERS = ["src", "test", "bench", "examples", "scripts", "web"];

const passed = runSteps([
  tool("format", "biome", "check", "--diagnostic-level=error", "."),
  tool("lint", "oxlint", "--type-aware", ...FOLDERS),
  tool("types", "tsc", "-p", "."),
  tool("types of the page", "tsc", "-p", "web"),
  tool("dead code", "knip"),
  node("import rule", "--test", "--test-reporter=dot", "test/architecture.test.ts"),
]);
process.exitCode = passed ? 0 : 1;
