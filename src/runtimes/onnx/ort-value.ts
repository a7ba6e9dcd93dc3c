import type { DType } from "../../tensor/index.ts";
import { ELEMENT_TYPE } from "./element-type.ts";
import { check, type Engine, outAddress } from "./engine.ts";
import type { Address } from "./ffi.ts";
import { putWord } from "./native-word.ts";

/** An OrtValue over memory that the caller keeps alive; the caller releases it. */
export function createValue(
  engine: Engine,
  dtype: DType,
  shape: readonly number[],
  memory: { readonly address: Address; readonly bytes: number },
): Address {
  const { api, out, cpuMemory } = engine;
  const { address, bytes } = memory;
  const shapeAddress = putShape(engine, shape);
  const element = ELEMENT_TYPE[dtype];
  check(
    engine,
    api.CreateTensorWithDataAsOrtValue(cpuMemory, address, bytes, shapeAddress, shape.length, element, out),
  );
  return outAddress(engine);
}

/** An OrtValue of empty strings; the caller releases it. */
export function createStringValue(engine: Engine, shape: readonly number[]): Address {
  const { api, out, allocator } = engine;
  const shapeAddress = putShape(engine, shape);
  check(engine, api.CreateTensorAsOrtValue(allocator, shapeAddress, shape.length, ELEMENT_TYPE.BYTES, out));
  return outAddress(engine);
}

/** Sizes as int64 behind the first word of the engine's scratch memory, which receives the result. */
function putShape({ out, outHalves }: Engine, shape: readonly number[]): Address {
  for (let axis = 0; axis < shape.length; axis++) putWord(outHalves, axis + 1, shape[axis] ?? 0);
  return out + 8;
}

/** Whether two shapes are equal. */
export function isSameShape(one: readonly number[], other: readonly number[]): boolean {
  if (one.length !== other.length) return false;
  for (let axis = 0; axis < one.length; axis++) if (one[axis] !== other[axis]) return false;
  return true;
}
