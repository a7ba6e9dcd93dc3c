import { type ErrorDetails, PlatformError } from "../base/index.ts";

/** The error for a model file that is not served, with a reason a user understands. */
export function refusal(problem: string, details: ErrorDetails & ErrorOptions = {}): PlatformError {
  return new PlatformError("failed_precondition", problem, details);
}

/** Longest piece of a name that a message shows. */
const MAX_SHOWN = 80;

/** A name of the file in quotes, with everything that could forge a log line escaped. */
export function quoted(name: string): string {
  const shown = name.length > MAX_SHOWN ? `${name.slice(0, MAX_SHOWN)}…` : name;
  const escape = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(shown).replace(UNPRINTABLE, escape);
}

/** Control characters and what terminals and browsers treat as line ends or direction marks. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
const MAX_NAME = 4096;

/**
 * Checks a name that will be seen in logs, metrics, answers and pages.
 *
 * @throws PlatformError `failed_precondition` for control characters and names without end.
 */
export function checkName(what: string, name: string): void {
  if (name.length > MAX_NAME) {
    throw refusal(`${what} ${quoted(name)} is ${name.length} characters long`, {
      field: what,
      expected: `at most ${MAX_NAME} characters`,
    });
  }
  if (name.search(UNPRINTABLE) < 0) return;
  throw refusal(`${what} ${quoted(name)} holds a control character`, {
    field: what,
    got: quoted(name),
    expected: "printable characters",
    hint: "Rename it when exporting the model.",
  });
}
