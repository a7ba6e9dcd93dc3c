import { PlatformError } from "../../base/index.ts";
import { concatRows, rowCount, type Tensor, takeRows } from "../../tensor/index.ts";

/** Indexes of the request's rows, ascending; undefined: all of them. */
export type Rows = readonly number[] | undefined;

/** A tensor, and the rows of the request that its rows are. */
export interface Value {
  readonly tensor: Tensor;
  readonly rows: Rows;
}

/** Rows that both have. */
export function common(a: Rows, b: Rows): Rows {
  if (a === undefined || b === undefined || a === b) return a ?? b;
  const among = new Set(b);
  return a.filter((row) => among.has(row));
}

/** A value at `rows`, all of which it has; the tensor itself where nothing is left out. */
export function at(value: Value, rows: Rows): Tensor {
  if (rows === undefined || rows === value.rows) return value.tensor;
  if (value.rows === undefined) return takeRows(value.tensor, rows);
  const place = new Map(value.rows.map((row, index) => [row, index]));
  return takeRows(
    value.tensor,
    rows.map((row) => place.get(row) ?? -1),
  );
}

/**
 * One tensor of `count` rows: each from the first value that has it.
 *
 * @throws PlatformError `internal` naming a row that none has, or values that do not fit together.
 */
export function merge(values: readonly Value[], count: number, name: string): Tensor {
  const [first] = values;
  if (first?.rows === undefined && first) return first.tensor;
  const places = new Map<number, number>();
  let offset = 0;
  for (const { tensor, rows } of values) {
    for (let index = 0; index < rowCount(tensor); index += 1) {
      const row = rows?.[index] ?? index;
      if (!places.has(row)) places.set(row, offset + index);
    }
    offset += rowCount(tensor);
  }
  const order = Array.from({ length: count }, (_, row) => {
    const place = places.get(row);
    if (place === undefined) {
      throw new PlatformError("internal", `output "${name}" has nothing for row ${row}`, { field: name });
    }
    return place;
  });
  return takeRows(joined(values, name), order);
}

function joined(values: readonly Value[], name: string): Tensor {
  try {
    return concatRows(values.map(({ tensor }) => tensor));
  } catch (thrown) {
    const cause = thrown instanceof Error ? thrown.message : String(thrown);
    throw new PlatformError("internal", `the sources of output "${name}" do not fit together: ${cause}`, {
      field: name,
    });
  }
}
