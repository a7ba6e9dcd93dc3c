import type { PlatformError } from "../../base/index.ts";
import { type DType, elementBytes } from "../../tensor/index.ts";
import { refuse } from "./refusal.ts";

const INT64_MAX = 2n ** 63n - 1n;

/**
 * Elements that a shape holds, with the refusals of the contract for those that no machine holds.
 *
 * @throws PlatformError `invalid_argument`.
 */
export function checkedCount(name: string, dtype: DType, shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) throw invalidDimension(name, shape);
    count *= size;
  }
  if (count <= Number.MAX_SAFE_INTEGER / 8) return count;
  throw tooManyElements(name, dtype, shape);
}

/** The refusal of a negative or overlong dimension. */
function invalidDimension(name: string, shape: readonly number[]): PlatformError {
  const text = `invalid shape for input '${name}': shape [${shape}] contains one or more invalid dimensions`;
  return refuse("invalid_argument", text, { field: name, got: `[${shape}]` });
}

function tooManyElements(name: string, dtype: DType, shape: readonly number[]): PlatformError {
  const count = shape.reduce((product, size) => product * BigInt(size), 1n);
  const details = { field: name, got: `[${shape}]` };
  if (count > INT64_MAX) {
    const text = `invalid shape for input '${name}': shape [${shape}] causes total element count to exceed maximum size of ${INT64_MAX}`;
    return refuse("invalid_argument", text, details);
  }
  const text = `byte size overflow for input '${name}': element count (${count}) * data type size (${elementBytes(dtype)}) exceeds maximum allowed size (${Number.MAX_SAFE_INTEGER})`;
  return refuse("invalid_argument", text, details);
}
