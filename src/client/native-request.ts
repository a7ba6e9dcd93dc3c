import { SirveError } from "./error.ts";
import { jsonText } from "./json-text.ts";
import type { TensorData } from "./tensor.ts";

/** Values of one column, or of one input. */
type Values = readonly unknown[] | Exclude<TensorData, readonly unknown[]>;

/** Rows by column name, columns of equal length, or whole inputs by name, as nested lists; which outputs, or predictions. */
export type NativeRequest = (
  | { readonly rows: readonly object[] }
  | { readonly columns: Readonly<Record<string, Values>> }
  | { readonly inputs: Readonly<Record<string, Values>> }
) & { readonly outputs?: readonly string[] };

/** The body of a request: columns become rows, which is what the server takes. */
export function bodyOfRequest(request: NativeRequest): Blob {
  const { outputs } = request;
  const more = outputs && { outputs };
  const body = "columns" in request ? { rows: rowsOf(request.columns), ...more } : request;
  return new Blob([jsonText(body)], { type: "application/json" });
}

function rowsOf(columns: Readonly<Record<string, Values>>): object[] {
  const entries = Object.entries(columns);
  const count = entries[0]?.[1].length ?? 0;
  const other = entries.find(([, values]) => values.length !== count);
  if (other) {
    throw new SirveError(`column ${other[0]} has ${other[1].length} values, the first one ${count}`, {
      status: 0,
      code: "invalid_argument",
      field: other[0],
      got: String(other[1].length),
      expected: String(count),
    });
  }
  return Array.from({ length: count }, (_, i) =>
    Object.fromEntries(entries.map(([name, values]) => [name, values[i]])),
  );
}
