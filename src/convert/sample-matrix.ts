import { PlatformError } from "../base/index.ts";
import { decodeNpy, type Tensor } from "../tensor/index.ts";

/** Rows of a matrix of `features` columns from an array of numpy. @throws PlatformError `invalid_argument` */
export const readMatrix = (bytes: Uint8Array, features: number): Float32Array =>
  matrixOf(decodeNpy(bytes), features);

/** A tensor `[rows, features]` of numbers as float32. @throws PlatformError `invalid_argument` for any other. */
export function matrixOf({ dtype, shape, data }: Tensor, features: number): Float32Array {
  const isNumber = dtype !== "BYTES" && dtype !== "FP16" && dtype !== "BF16";
  if (isNumber && shape.length === 2 && shape[1] === features && (shape[0] ?? 0) > 0) {
    return Float32Array.from(data as ArrayLike<number | bigint>, Number);
  }
  throw new PlatformError("invalid_argument", `it is ${dtype} of the shape [${shape.join(", ")}]`, {
    expected: `numbers of the shape [rows, ${features}]`,
  });
}
