import { nearest, PlatformError } from "../base/index.ts";
import type { Column, Json } from "../model/index.ts";
import { expectation, expectationFor, showValue } from "./element.ts";

/** A value that its column does not take, or none where one must be. */
export function wrongValue(column: Column, at: number, value: Json | undefined): PlatformError {
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

/** A column that the model does not have, with the one that was meant. */
export function extraColumn(name: string, at: number, known: readonly string[]): PlatformError {
  const meant = nearest(name, known);
  const message = `row ${at + 1}, column ${JSON.stringify(name.slice(0, 60))}: is not of this model, expected ${known.join(", ")}`;
  return new PlatformError("invalid_argument", message, {
    field: `rows[${at}].${name.slice(0, 60)}`,
    got: name.slice(0, 60),
    expected: known.join(", "),
    ...(meant !== undefined && { hint: `Did you mean "${meant}"?` }),
  });
}

/** Something that is neither an object nor an array. */
export function notARow(row: Json | undefined, at: number): PlatformError {
  const [got, expected] = [showValue(row), "an object by column name or an array in column order"];
  return new PlatformError("invalid_argument", `row ${at + 1}: got ${got}, expected ${expected}`, {
    field: `rows[${at}]`,
    got,
    expected,
  });
}

/** Rows for a model whose inputs have no axis of rows. */
export function noRows(reason: string): PlatformError {
  return new PlatformError("invalid_argument", `this model does not take rows: ${reason}`, {
    field: "rows",
    expected: '{"inputs": {…}} with one array per input',
    hint: 'Send whole inputs as {"inputs": {"name": [...]}}.',
  });
}

/** A row in column order with a value too many or too few. */
export function wrongLength(row: readonly Json[], at: number, columns: readonly Column[]): PlatformError {
  const expected = `${columns.length} values: ${columns.map(({ name }) => name).join(", ")}`;
  return new PlatformError(
    "invalid_argument",
    `row ${at + 1} has ${row.length} values, expected ${expected}`,
    {
      field: `rows[${at}]`,
      got: `${row.length} values`,
      expected,
    },
  );
}
