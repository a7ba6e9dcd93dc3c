// npm test [-- files…]: the unit tests beside the sources and the page's, and those of test/ but conformance, end to end and fuzz.
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

const SUITES = [
  "src/**/*.test.ts",
  "web/**/*.test.ts",
  "test/*.test.ts",
  "test/{kit,integration}/**/*.test.ts",
];
const given = process.argv.slice(2);

const { status } = spawnSync(
  process.execPath,
  [
    "--test",
    `--test-concurrency=${Math.max(2, availableParallelism())}`,
    "--test-timeout=120000",
    ...(given.length > 0 ? given : SUITES),
  ],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;
