import { Option } from "commander";
import { stringifyLossless } from "./lossless-json.ts";
import { safeLines } from "./safe-text.ts";

/** How a command prints what it found. */
export type Format = "table" | "json" | "yaml";

/** The option `-o, --output` of every command that prints data. */
export function outputOption(): Option {
  return new Option("-o, --output <format>", "how to print")
    .choices(["table", "json", "yaml"])
    .default("table");
}

/** `value` as text in the wanted format; `table` draws it for people. Ends with a line feed. */
export async function render(value: unknown, format: Format, table: () => string): Promise<string> {
  if (format === "table") return `${table()}\n`;
  return format === "json" ? `${safeJson(stringifyLossless(value, 2))}\n` : renderYaml(value);
}

async function renderYaml(value: unknown): Promise<string> {
  const { stringify } = await import("yaml");
  const text = stringify(value);
  if (safeLines(text) === text) return text;
  // Only double-quoted YAML can hold escapes.
  return safeJson(stringify(value, { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "QUOTE_DOUBLE" }));
}

/** Controls that JSON.stringify leaves in strings, as JSON escapes: the text means the same. */
const safeJson = safeLines;

/** Writes to standard output. */
export function print(text: string): void {
  process.stdout.write(text);
}

/** Writes to standard error: progress and notes, which do not belong to the result. */
export function note(text: string): void {
  process.stderr.write(text);
}
