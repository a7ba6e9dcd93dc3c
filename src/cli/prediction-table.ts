import { stringifyLossless } from "./lossless-json.ts";
import { significant } from "./quantity.ts";
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
    rows.map((row, i) => [i, ...names.map((name) => cellOf(row[name]))]),
  );
  const served = [fieldOf(answer, "model"), fieldOf(answer, "version")];
  return served.includes(undefined) ? table : `${table}\n\n${String(served[0])} version ${String(served[1])}`;
}

/** Class probabilities that are shown of one row: the likeliest. */
const SHOWN = 3;

function cellOf(value: unknown): Cell {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number") return Number.isInteger(value) ? value : significant(value);
  if (typeof value === "string" || typeof value === "bigint" || typeof value === "boolean") return value;
  if (isRecord(value) && Object.values(value).every((item) => typeof item === "number")) {
    const entries = Object.entries(value as Record<string, number>).toSorted(([, a], [, b]) => b - a);
    const shown = entries.slice(0, SHOWN).map(([name, number]) => `${name} ${significant(number)}`);
    return shown.join(", ") + (entries.length > SHOWN ? ", …" : "");
  }
  const text = stringifyLossless(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function fieldOf(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
