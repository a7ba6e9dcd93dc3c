import { PlatformError } from "../base/index.ts";
import type { Column, Json } from "../model/index.ts";
import { isFloat } from "../tensor/index.ts";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const WHOLE = /^[+-]?\d{1,40}$/;

/**
 * Reads a cell of text as its column's kind of value: an empty one is null (the empty text in a column
 * of text), and text that is no such value stays text, so that the error shows it.
 */
export function parseCell(column: Column, cell: Json | undefined): Json | undefined {
  if (typeof cell !== "string" || column.shape.length > 0) return cell;
  if (column.dtype === "BYTES") return cell;
  const text = cell.trim();
  if (text === "") return null;
  if (column.dtype === "BOOL") return BOOLEANS.get(text.toLowerCase()) ?? cell;
  if (isFloat(column.dtype)) return NUMBER.test(text) ? Number(text) : text;
  return WHOLE.test(text) ? BigInt(text.startsWith("+") ? text.slice(1) : text) : cell;
}

/**
 * The column names of a first line of cells; undefined if it is data. It is a header where half of
 * its cells or more are names of columns, so that one misspelt name is found as such.
 */
export function headerOf(rows: readonly Json[], names: ReadonlySet<string>): readonly string[] | undefined {
  const [first] = rows;
  if (!Array.isArray(first) || first.length === 0) return undefined;
  const cells = (first as readonly Json[]).map((cell) => (typeof cell === "string" ? cell.trim() : ""));
  const known = cells.filter((cell) => names.has(cell)).length;
  return known * 2 >= cells.length ? cells : undefined;
}

/** A line of cells as an object by the names of the header. */
export function byName(cells: readonly Json[], header: readonly string[], at: number): Json {
  if (cells.length !== header.length) {
    const [got, expected] = [`${cells.length} cells`, `${header.length}, as in the header`];
    throw new PlatformError("invalid_argument", `row ${at + 1} has ${got}, expected ${expected}`, {
      field: `rows[${at}]`,
      got,
      expected,
    });
  }
  return Object.fromEntries(header.map((name, i) => [name, cells[i] ?? ""]));
}

const BOOLEANS = new Map([
  ["true", true],
  ["false", false],
]);
