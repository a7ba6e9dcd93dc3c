import type { Column, Json, RowLayout, Signature } from "../model/index.ts";
import type { Tensor, Tensors } from "../tensor/index.ts";
import { byName, headerOf, parseCell } from "./cell.ts";
import { ColumnReader, cellOf, type Row } from "./column-reader.ts";
import { numericTensor, textTensor } from "./element.ts";
import { extraColumn, noRows, notARow, wrongLength } from "./row-errors.ts";
import { Warnings } from "./warnings.ts";

/** Inputs made of rows, and what was odd about the values. */
export interface DecodedRows {
  readonly inputs: Tensors;
  /** How many rows there are; a header line of text cells is none. */
  readonly count: number;
  readonly warnings: readonly string[];
}

/**
 * Turns rows into the inputs of one version. Its columns are compiled once; a request then costs
 * one pass per column, straight into the tensor.
 */
export class RowDecoder {
  readonly #columns: readonly Column[];
  readonly #layout: RowLayout;
  readonly #names: ReadonlySet<string>;
  readonly #readers: readonly ColumnReader[];
  /** Sizes of the inputs' axes, with 0 in the place of the row count. */
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  /** Inputs that the model runs without. */
  readonly #optional: ReadonlySet<string>;
  readonly #watched: boolean;

  constructor(layout: RowLayout, signature: Signature) {
    this.#layout = layout;
    this.#columns = layout.columns;
    this.#names = new Set(layout.columns.map((column) => column.name));
    this.#readers = layout.columns.map((column, index) => new ColumnReader(column, index));
    this.#shapes = new Map(signature.inputs.map((spec) => [spec.name, spec.shape]));
    this.#optional = new Set(signature.inputs.filter((spec) => spec.optional).map((spec) => spec.name));
    this.#watched = layout.columns.some(({ values, min, max }) => values ?? min ?? max);
  }

  /**
   * The inputs for `rows`; with `cells: "text"` values are read from text first.
   *
   * @throws PlatformError `invalid_argument` naming row, column, value and expectation.
   */
  decode(rows: readonly Json[], cells?: "text"): DecodedRows {
    if (this.#layout.kind === "none") throw noRows(this.#layout.reason);
    const read = cells === "text" ? this.#readCells(rows) : this.#checkRows(rows);
    const warnings = new Warnings();
    const inputs = this.#layout.kind === "matrix" ? this.#matrix(read) : this.#tensors(read);
    if (this.#watched) for (const reader of this.#readers) reader.watch(read, warnings);
    return { inputs, count: read.length, warnings: warnings.list() };
  }

  #tensors(rows: readonly Row[]): Tensors {
    const inputs = new Map<string, Tensor>();
    for (const reader of this.#readers) {
      const { input } = reader.column;
      if (this.#optional.has(input) && reader.isAbsent(rows)) continue;
      inputs.set(input, reader.tensor(rows, this.#shapes.get(input)?.length ?? 1));
    }
    return inputs;
  }

  #matrix(rows: readonly Row[]): Tensors {
    const [first] = this.#columns;
    const [width, input] = [this.#columns.length, first?.input ?? ""];
    const shape = [rows.length, width];
    if (first?.dtype === "BYTES") {
      const texts = rows.flatMap((row, at) => this.#readers.map((reader) => reader.text(row, at)));
      return new Map([[input, textTensor(shape, texts)]]);
    }
    const tensor = numericTensor(first?.dtype ?? "FP32", shape, rows.length * width);
    for (const reader of this.#readers) reader.fill(rows, tensor.data, { from: reader.index, step: width });
    return new Map([[input, tensor]]);
  }

  #checkRows(rows: readonly Json[]): readonly Row[] {
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at];
      if (Array.isArray(row)) this.#checkLength(row, at);
      else if (typeof row === "object" && row !== null) this.#checkNames(row as { [name: string]: Json }, at);
      else throw notARow(row, at);
    }
    return rows as readonly Row[]; // Each was seen to be an array or an object.
  }

  #checkLength(row: readonly Json[], at: number): void {
    if (row.length === this.#columns.length) return;
    throw wrongLength(row, at, this.#columns);
  }

  #checkNames(row: { readonly [name: string]: Json }, at: number): void {
    for (const name in row) {
      if (!this.#names.has(name)) throw extraColumn(name, at, [...this.#names]);
    }
  }

  /** Rows of text cells, by the names of a header line where there is one, read as their columns' values. */
  #readCells(rows: readonly Json[]): readonly Row[] {
    const header = headerOf(rows, this.#names);
    const named = header
      ? rows.slice(1).map((cells, at) => byName(cells as readonly Json[], header, at))
      : rows;
    return this.#checkRows(named).map((row) => this.#parseCells(row));
  }

  #parseCells(row: Row): Row {
    return this.#columns.map((column, index) => parseCell(column, cellOf(row, index, column.name)) as Json);
  }
}
