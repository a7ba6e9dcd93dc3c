// npm run tour [-- NN …]: runs the numbered demonstrations one after the other; fails if one does.
import { readdirSync } from "node:fs";
import { node, runSteps } from "./steps.ts";

const chosen = process.argv.slice(2);
const demonstrations = readdirSync("examples/tour")
  .filter((file) => /^\d\d-.*\.ts$/.test(file))
  .filter((file) => chosen.length === 0 || chosen.some((number) => file.startsWith(number)))
  .toSorted((a, b) => a.localeCompare(b));

if (demonstrations.length === 0) {
  process.stderr.write(`no demonstration in examples/tour starts with ${chosen.join(", ") || "a number"}\n`);
  process.exitCode = 1;
} else {
  const passed = runSteps(demonstrations.map((file) => node(file, `examples/tour/${file}`)));
  process.exitCode = passed ? 0 : 1;
}
