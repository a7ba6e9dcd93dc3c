import { PlatformError } from "../base/index.ts";

/** Text in double quotes of a Dockerfile's ENV and LABEL: no variable is replaced, no line ends early. */
export function dockerfileText(text: string): string {
  return `"${oneLine(text).replaceAll(/[\\"$]/g, "\\$&")}"`;
}

/** One word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${oneLine(text).replaceAll("'", `'\\''`)}'`;
}

/** One word in a systemd unit: no specifier (%), variable ($) or escape is replaced. */
export function unitWord(text: string): string {
  return `"${oneLine(text).replaceAll(/[\\"]/g, "\\$&").replaceAll("%", "%%").replaceAll("$", "$$$$")}"`;
}

/** An assignment of Environment= in a systemd unit, where "$" has no meaning. */
export function unitAssignment(name: string, value: string): string {
  return `"${oneLine(`${name}=${value}`).replaceAll(/[\\"]/g, "\\$&").replaceAll("%", "%%")}"`;
}

/** A string of Compose or of Kubernetes, where "$" starts a variable. */
export function dollarText(text: string): string {
  return oneLine(text).replaceAll("$", "$$$$");
}

/** In none of these formats may a value hold a line break or another control. */
function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (!/[\u0000-\u001f\u007f\u0085\u2028\u2029]/.test(text)) return text;
  throw new PlatformError("invalid_argument", "a value holds a line break or another control character", {
    field: "value",
    got: JSON.stringify(text).slice(0, 100),
    expected: "one line of text",
  });
}
