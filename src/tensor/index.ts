export {
  createStorage,
  DTYPES,
  type DType,
  elementBytes,
  isDType,
  isFloat,
  type NumericDType,
  type StorageOf,
  viewStorage,
} from "./dtype.ts";
export { fromBrain, fromHalf, toBrain, toHalf } from "./half.ts";
export { decodeNpy, encodeNpy } from "./npy.ts";
export { plainElement, plainFloat, plainRow, plainTensor } from "./plain.ts";
export { decodeRaw, encodeRaw } from "./raw.ts";
export { concatRows, rowCount, rowKey, sliceRows, takeRows } from "./rows.ts";
export { Strings } from "./strings.ts";
export { byteLength, elementCount, memoryOf, type Tensor, type Tensors, tensorOf } from "./tensor.ts";
