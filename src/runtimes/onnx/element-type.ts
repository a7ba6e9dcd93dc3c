import type { DType } from "../../tensor/index.ts";

/** The engine's number of each dtype. Source: onnxruntime_c_api.h, enum ONNXTensorElementDataType. */
export const ELEMENT_TYPE = {
  FP32: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  BYTES: 8,
  BOOL: 9,
  FP16: 10,
  FP64: 11,
  UINT32: 12,
  UINT64: 13,
  BF16: 16,
} as const satisfies Record<DType, number>;

const DTYPE_OF = new Map<number, DType>(
  Object.entries(ELEMENT_TYPE).map(([dtype, element]) => [element, dtype as DType]),
);

/** The dtype of an engine's number; undefined for types that no wire carries (complex, FP8, INT4). */
export function dtypeOfElement(element: number): DType | undefined {
  return DTYPE_OF.get(element);
}
