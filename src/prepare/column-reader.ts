import type { Column, Json } from "../model/index.ts";
import type { Tensor } from "../tensor/index.ts";
import { fillNested, nestedShape } from "./arrays.ts";
import { elementWriter, numericTensor, textTensor, type WriteElement } from "./element.ts";
import { wrongValue } from "./row-errors.ts";
import type { Warnings } from "./warnings.ts";

/** A row as it came: an object by column name, or an array in column order. */
export type Row = { readonly [name: string]: Json } | readonly Json[];

/** Where a column's elements lie in storage. */
export interface Place {
  readonly from: number;
  readonly step: number;
}

/** Reads one column out of rows. */
export class ColumnReader {
  readonly column: Column;
  readonly index: number;
  readonly #write: WriteElement | undefined;
  readonly #known: ReadonlySet<string> | undefined;

  constructor(column: Column, index: number) {
    this.column = column;
    this.index = index;
    this.#write = column.dtype === "BYTES" ? undefined : elementWriter(column.dtype);
    this.#known = column.values && new Set(column.values);
  }

  /** Whether no row has it. */
  isAbsent(rows: readonly Row[]): boolean {
    return rows.every((row) => cellOf(row, this.index, this.column.name) === undefined);
  }

  /** This column as a tensor of its own with `rank` axes. */
  tensor(rows: readonly Row[], rank: number): Tensor {
    const { column } = this;
    if (column.shape.length > 0) return this.#nested(rows);
    const shape = rank === 1 ? [rows.length] : rank === 2 ? [rows.length, 1] : onesShape(rows.length, rank);
    if (column.dtype === "BYTES") {
      const texts: string[] = [];
      for (let at = 0; at < rows.length; at++) texts.push(this.text(rows[at] as Row, at));
      return textTensor(shape, texts);
    }
    const tensor = numericTensor(column.dtype, shape, rows.length);
    this.fill(rows, tensor.data, { from: 0, step: 1 });
    return tensor;
  }

  /** Writes the column's number of each row into `data`. */
  fill(rows: readonly Row[], data: { [index: number]: number | bigint }, { from, step }: Place): void {
    const { index, column } = this;
    const write = this.#write as WriteElement; // Only numeric columns are filled.
    for (let at = 0; at < rows.length; at++) {
      const value = cellOf(rows[at] as Row, index, column.name);
      if (
        value === undefined
          ? column.optional && write(data, from + at * step, null)
          : write(data, from + at * step, value)
      ) {
        continue;
      }
      throw wrongValue(column, at, value);
    }
  }

  /** The column's text in one row. */
  text(row: Row, at: number): string {
    const value = cellOf(row, this.index, this.column.name);
    if (typeof value === "string") return value;
    if ((value === undefined || value === null) && this.column.optional) return "";
    throw wrongValue(this.column, at, value);
  }

  #nested(rows: readonly Row[]): Tensor {
    const { column, index } = this;
    const values = rows.map((row, at) => {
      const value = cellOf(row, index, column.name);
      if (value === undefined) throw wrongValue(column, at, value);
      return value;
    });
    const field = `column "${column.name}"`;
    const shape = nestedShape(values, column.shape.length + 1);
    return fillNested(values, column.dtype, shape, field);
  }

  /** Notes values outside what the manifest knows. */
  watch(rows: readonly Row[], warnings: Warnings): void {
    const { column, index } = this;
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = column;
    for (let at = 0; at < rows.length; at++) {
      const value = cellOf(rows[at] as Row, index, column.name);
      if (typeof value === "string") {
        if (this.#known && value !== "" && !this.#known.has(value)) {
          warnings.unknownCategory(column, at, value);
        }
      } else if (typeof value === "number" && (value < min || value > max)) {
        warnings.outside(column, at, value);
      }
    }
  }
}

/** A row's value of a column; undefined if it is missing. Names that objects inherit are no values. */
export function cellOf(row: Row, index: number, name: string): Json | undefined {
  if (Array.isArray(row)) return row[index];
  const value = (row as { readonly [name: string]: Json })[name];
  if (typeof value === "function" || name === "__proto__") {
    return Object.hasOwn(row, name) ? value : undefined;
  }
  return value;
}

const onesShape = (rows: number, rank: number) =>
  Array.from({ length: rank }, (_, axis) => (axis === 0 ? rows : 1));
