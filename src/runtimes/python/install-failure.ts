import type { PlatformError } from "../../base/index.ts";
import { withLines } from "./failure.ts";

/** Of what an installer printed, so many lines say what went wrong. */
const TOLD_LINES = 4;

/** Why packages could not be installed, in the installer's words. */
export function installFailed(lines: readonly string[]): PlatformError {
  const first = lines.findIndex((line) => /^\s*(?:error|×)/i.test(line));
  const told = (first < 0 ? lines.slice(-TOLD_LINES) : lines.slice(first, first + TOLD_LINES)).map((line) =>
    line.trim(),
  );
  return withLines(
    "failed_precondition",
    `the packages of requirements.txt cannot be installed: ${told.join(" ") || "the installer said nothing"}`,
    lines,
    "try `pip install -r requirements.txt` with the Python of engine.python",
  );
}

/** Packages that were not installed in their time. */
export function buildTimeout(timeoutMs: number, lines: readonly string[]): PlatformError {
  return withLines(
    "failed_precondition",
    `the packages of requirements.txt were not installed after ${timeoutMs} ms`,
    lines,
    "raise engine.pythonBuildTimeoutMs if they take longer",
  );
}
