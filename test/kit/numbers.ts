import assert from "node:assert/strict";
import type { Tensor } from "../../src/tensor/index.ts";

type Typed = Float32Array | Float64Array | Uint8Array | BigInt64Array | BigUint64Array;

/** The elements of a tensor that must be there and hold FP32. */
export function floatsOf(tensor: Tensor | undefined): Float32Array {
  return elementsOf(tensor, Float32Array);
}

/** The elements of a tensor that must be there and have this storage. */
export function elementsOf<T extends Typed>(tensor: Tensor | undefined, storage: new () => T): T {
  assert.ok(tensor?.data instanceof storage);
  return tensor.data;
}
