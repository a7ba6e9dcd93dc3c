import type { Column, Json } from "../model/index.ts";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const WHOLE = /^[+-]?\d{1,40}$/;
const FLOATS = new Set(["FP16", "BF16", "FP32", "FP64"]);

/**
 * Reads a cell of text as its column's kind of value: an empty one is null (except in a
 * column of text that must be there), and text that is no such value stays text, so that the
 * error shows it.
 */
export function parseCell(column: Column, cell: Json | undefined): Json | undefined {
  if (typeof cell !== "string" || column.shape.length > 0) return cell;
  if (column.dtype === "BYTES") return cell;
  const text = cell.trim();
  if (text === "") return null;
  if (column.dtype === "BOOL") return BOOLEANS.get(text.toLowerCase()) ?? cell;
  if (FLOATS.has(column.dtype)) return NUMBER.test(text) ? Number(text) : text;
  return WHOLE.test(text) ? BigInt(text.startsWith("+") ? text.slice(1) : text) : cell;
}

const BOOLEANS = new Map([
  ["true", true],
  ["false", false],
]);
