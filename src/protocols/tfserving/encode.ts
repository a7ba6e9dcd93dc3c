import { PlatformError, shortestFloat32 } from "../../base/index.ts";
import { fromBrain, fromHalf, Strings, type Tensor, type Tensors } from "../../tensor/index.ts";

/**
 * The answer of `:predict`: `predictions`, a value or object for each row, or `outputs`, whole ones.
 *
 * @throws PlatformError `invalid_argument` if outputs of a row answer have no rows in common.
 */
export function encodePredictions(outputs: Tensors, form: "row" | "columnar"): string {
  const named = [...outputs];
  if (form === "columnar") {
    const [only] = named;
    const isOne = named.length === 1 && only !== undefined;
    return `{"outputs":${isOne ? whole(only[0], only[1]) : objectText(named.map(([name, tensor]) => [name, whole(name, tensor)]))}}`;
  }
  const rows = rowsOf(named);
  const items = Array.from({ length: rows }, (_, row) => rowText(named, row));
  return `{"predictions":[${items.join(",")}]}`;
}

type Named = readonly (readonly [string, Tensor])[];

function rowsOf(named: Named): number {
  const [first] = named;
  const expected = first?.[1].shape[0];
  for (const [name, { shape }] of named) {
    if (shape.length === 0) throw inconsistent(`Tensor name: ${name} has no shape information `);
    if (shape[0] === expected) continue;
    throw inconsistent(
      `Tensor name: ${name} has inconsistent batch size: ${shape[0]} expecting: ${expected}`,
    );
  }
  return expected ?? 0;
}

function rowText(named: Named, row: number): string {
  const [only] = named;
  if (named.length === 1 && only) return part(only[0], only[1], row);
  return objectText(named.map(([name, tensor]) => [name, part(name, tensor, row)]));
}

function objectText(entries: readonly (readonly [string, string])[]): string {
  return `{${entries.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`;
}

const whole = (name: string, tensor: Tensor) => nested(tensor, name, tensor.shape, 0);

function part(name: string, tensor: Tensor, row: number): string {
  const sizes = tensor.shape.slice(1);
  const step = sizes.reduce((product, size) => product * size, 1);
  return nested(tensor, name, sizes, row * step);
}

function nested(tensor: Tensor, name: string, [size, ...rest]: readonly number[], from: number): string {
  if (size === undefined) return elementText(tensor, name, from);
  const step = rest.reduce((product, inner) => product * inner, 1);
  const items = Array.from({ length: size }, (_, i) => nested(tensor, name, rest, from + i * step));
  return `[${items.join(",")}]`;
}

function elementText({ data, dtype }: Tensor, name: string, index: number): string {
  if (data instanceof Strings) {
    const text = data.at(index);
    return name.endsWith("_bytes")
      ? `{"b64":"${Buffer.from(text).toString("base64")}"}`
      : JSON.stringify(text);
  }
  const value = data[index] ?? 0;
  if (dtype === "BOOL") return value ? "true" : "false";
  if (dtype === "FP32") return floatText(shortestFloat32(Number(value)));
  if (dtype === "FP64") return floatText(Number(value));
  if (dtype === "FP16") return floatText(shortestFloat32(fromHalf(Number(value))));
  if (dtype === "BF16") return floatText(shortestFloat32(fromBrain(Number(value))));
  return String(value);
}

/** A float as this wire writes it: never without "." or "e", and NaN and infinities bare. */
function floatText(value: number): string {
  const text = String(value);
  return Number.isFinite(value) && !/[.e]/.test(text) ? `${text}.0` : text;
}

function inconsistent(message: string): PlatformError {
  return new PlatformError("invalid_argument", message, {
    field: "outputs",
    hint: "ask by 'inputs' instead of 'instances'",
  });
}
