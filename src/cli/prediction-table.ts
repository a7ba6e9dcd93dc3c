import { stringifyLossless } from "./lossless-json.ts";
import { significant } from "./quantity.ts";
import { safeText } from "./safe-text.ts";
import { showTable } from "./show-table.ts";
import { type Cell, renderTable } from "./table.ts";

/** The predictions of an answer as a table, a row each; another answer field by field. */
export function predictionTable(answer: unknown): string {
  const predictions = fieldOf(answer, "predictions");
  if (!Array.isArray(predictions) || predictions.length === 0) return showTable(answer);
  const rows = predictions.map((one: unknown) => (isRecord(one) ? one : { prediction: one }));
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const table = renderTable(
    [{ title: "ROW", align: "right" }, ...names.map((name) => ({ title: name.toUpperCase() }))],
    rows.map((row, i) => [i, ...names.map((name) => cellOf(fieldOf(row, name)))]),
  );
  const served = [fieldOf(answer, "model"), fieldOf(answer, "version")].map((part) => textOf(part));
  const warnings = fieldOf(answer, "warnings");
  const notes = Array.isArray(warnings)
    ? warnings.map((one: unknown) => `warning: ${safeText(textOf(one))}`)
    : [];
  return [table, "", safeText(`${served[0]} version ${served[1]}`), ...notes].join("\n");
}

/** Entries of a list or a map that are shown: of classes, the likeliest. */
const SHOWN = 3;
const LONGEST = 100;

function cellOf(value: unknown): Cell {
  if (value === undefined || value === null) return undefined;
  const text = textOf(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** A JSON value for people: numbers with three digits, no quotes, long lists cut. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : significant(value);
  if (Array.isArray(value)) return cut(value.map((item: unknown) => entryOf(item)));
  if (!isRecord(value)) return stringifyLossless(value);
  const entries = Object.entries(value);
  // Probabilities by class: the likeliest first.
  const isNumbers = entries.every(([, item]) => typeof item === "number");
  if (isNumbers) entries.sort(([, a], [, b]) => Number(b) - Number(a));
  return cut(entries.map(([name, item]) => `${name} ${textOf(item)}`));
}

/** An element of a list: `{label, probability}` needs no names. */
function entryOf(item: unknown): string {
  if (!isRecord(item)) return textOf(item);
  const { label, probability, ...rest } = item;
  if (typeof label === "string" && Object.keys(rest).length === 0) return `${label} ${textOf(probability)}`;
  return `(${Object.entries(item)
    .map(([name, one]) => `${name} ${textOf(one)}`)
    .join(" ")})`;
}

function cut(parts: readonly string[]): string {
  return parts.slice(0, SHOWN).join(", ") + (parts.length > SHOWN ? ", …" : "");
}

function fieldOf(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
