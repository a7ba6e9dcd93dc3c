import { writeJson } from "../../base/index.ts";
import type { Json } from "../../model/index.ts";

type Cells = Map<string, string>;

/**
 * Predictions as CSV (RFC 4180) with a header: members of objects become columns such as
 * `probabilities.late`, arrays are JSON in a cell, null is an empty cell.
 */
export function encodeCsv(predictions: readonly Json[]): string {
  const rows = predictions.map(cellsOf);
  const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  const lines = rows.map((row) => columns.map((name) => csvCell(row.get(name) ?? "")).join(","));
  return [columns.map(csvCell).join(","), ...lines, ""].join("\r\n");
}

function cellsOf(prediction: Json): Cells {
  const cells: Cells = new Map();
  collect(prediction, "", cells);
  return cells;
}

function collect(value: Json, path: string, cells: Cells): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    for (const [name, inner] of Object.entries(value)) {
      collect(inner, path ? `${path}.${name}` : name, cells);
    }
    return;
  }
  cells.set(path || "value", textOf(value));
}

function textOf(value: Json): string {
  if (value === null) return "";
  return typeof value === "string" ? value : writeJson(value);
}

/** A text as one cell, in quotes where it needs them. */
export function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
