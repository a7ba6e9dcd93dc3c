import { nearest, PlatformError } from "../base/index.ts";
import type { Column, Json, RowLayout, Signature } from "../model/index.ts";
import type { Tensor, Tensors } from "../tensor/index.ts";
import { fillNested, nestedShape } from "./arrays.ts";
import { byName, headerOf, parseCell } from "./cell.ts";
import {
  elementWriter,
  expectation,
  expectationFor,
  numericTensor,
  showValue,
  textTensor,
  type WriteElement,
} from "./element.ts";
import { Warnings } from "./warnings.ts";

type Row = { readonly [name: string]: Json } | readonly Json[];

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
  readonly #watched: boolean;

  constructor(layout: RowLayout, signature: Signature) {
    this.#layout = layout;
    this.#columns = layout.columns;
    this.#names = new Set(layout.columns.map((column) => column.name));
    this.#readers = layout.columns.map((column, index) => createReader(column, index));
    this.#shapes = new Map(signature.inputs.map((spec) => [spec.name, spec.shape]));
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
      const { column } = reader;
      const rank = this.#shapes.get(column.input)?.length ?? 1;
      const tensor = reader.tensor(rows, rank);
      if (tensor) inputs.set(column.input, tensor);
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
    const expected = `${this.#columns.length} values: ${this.#columns.map(({ name }) => name).join(", ")}`;
    throw new PlatformError(
      "invalid_argument",
      `row ${at + 1} has ${row.length} values, expected ${expected}`,
      {
        field: `rows[${at}]`,
        got: `${row.length} values`,
        expected,
      },
    );
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

/** Where a column's elements lie in storage. */
interface Place {
  readonly from: number;
  readonly step: number;
}

/** Reads one column out of rows. */
class ColumnReader {
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

  /** This column as a tensor of its own with `rank` axes; undefined if it is optional and no row has it. */
  tensor(rows: readonly Row[], rank: number): Tensor | undefined {
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

  #nested(rows: readonly Row[]): Tensor | undefined {
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

function createReader(column: Column, index: number): ColumnReader {
  return new ColumnReader(column, index);
}

/** A row's value of a column; undefined if it is missing. Names that objects inherit are no values. */
function cellOf(row: Row, index: number, name: string): Json | undefined {
  if (Array.isArray(row)) return row[index];
  const value = (row as { readonly [name: string]: Json })[name];
  if (typeof value === "function" || name === "__proto__") {
    return Object.hasOwn(row, name) ? value : undefined;
  }
  return value;
}

const onesShape = (rows: number, rank: number) =>
  Array.from({ length: rank }, (_, axis) => (axis === 0 ? rows : 1));

function wrongValue(column: Column, at: number, value: Json | undefined): PlatformError {
  const where = `row ${at + 1}, column "${column.name}"`;
  const field = `rows[${at}].${column.name}`;
  if (value === undefined) {
    return new PlatformError(
      "invalid_argument",
      `${where}: is missing, expected ${expectation(column.dtype)}`,
      {
        field,
        got: "nothing",
        expected: expectation(column.dtype),
        hint: "Only columns that the manifest marks optional may be left out.",
      },
    );
  }
  const [got, expected] = [showValue(value), expectationFor(column.dtype, value)];
  return new PlatformError("invalid_argument", `${where}: got ${got}, expected ${expected}`, {
    field,
    got,
    expected,
  });
}

function extraColumn(name: string, at: number, known: readonly string[]): PlatformError {
  const meant = nearest(name, known);
  const message = `row ${at + 1}, column ${JSON.stringify(name.slice(0, 60))}: is not of this model, expected ${known.join(", ")}`;
  return new PlatformError("invalid_argument", message, {
    field: `rows[${at}].${name.slice(0, 60)}`,
    got: name.slice(0, 60),
    expected: known.join(", "),
    ...(meant !== undefined && { hint: `Did you mean "${meant}"?` }),
  });
}

function notARow(row: Json | undefined, at: number): PlatformError {
  const [got, expected] = [showValue(row), "an object by column name or an array in column order"];
  return new PlatformError("invalid_argument", `row ${at + 1}: got ${got}, expected ${expected}`, {
    field: `rows[${at}]`,
    got,
    expected,
  });
}

function noRows(reason: string): PlatformError {
  return new PlatformError("invalid_argument", `this model does not take rows: ${reason}`, {
    field: "rows",
    expected: '{"inputs": {…}} with one array per input',
    hint: 'Send whole inputs as {"inputs": {"name": [...]}}.',
  });
}
