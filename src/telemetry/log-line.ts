import pc from "picocolors";

const COLOURS: Record<string, (text: string) => string> = {
  debug: pc.dim,
  info: pc.green,
  warn: pc.yellow,
  error: pc.red,
};

/** A pino line as one short line for people: time, level, message, fields. */
export function prettyLine(json: string): string {
  const { time, level, msg, error, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const label = String(level);
  const colour = COLOURS[label] ?? ((text: string) => text);
  const parts = [pc.dim(String(time).slice(11, 23)), colour(label.padEnd(5)), printable(String(msg))];
  for (const [name, value] of Object.entries(fields)) {
    parts.push(pc.dim(`${printable(name)}=${print(value)}`));
  }
  const stack = describe(error);
  return `${parts.join(" ")}\n${stack === "" ? "" : `${stack}\n`}`;
}

function describe(error: unknown): string {
  if (typeof error !== "object" || error === null) return error === undefined ? "" : `  ${print(error)}`;
  const { stack, message, cause } = error as { stack?: unknown; message?: unknown; cause?: unknown };
  const lines = String(stack ?? message).split("\n");
  const text = lines.map((line) => `  ${printable(line)}`).join("\n");
  const because = describe(cause);
  return because === "" ? text : `${text}\n  because:\n${because}`;
}

const print = (value: unknown): string =>
  printable(typeof value === "string" ? value : JSON.stringify(value));

/** Text with all that could move a terminal's cursor or turn its direction escaped. */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (c) => {
    return `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
