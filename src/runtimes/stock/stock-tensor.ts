import type { Tensor as StockTensor } from "onnxruntime-node";
import { type DType, Strings } from "../../tensor/index.ts";
import type { WireTensor } from "./message.ts";
import { wireTensor } from "./wire-tensor.ts";

/** onnxruntime-node's names of the dtypes. It has none of bfloat16. */
export const STOCK_TYPE: Readonly<Record<DType, string>> = {
  BOOL: "bool",
  UINT8: "uint8",
  UINT16: "uint16",
  UINT32: "uint32",
  UINT64: "uint64",
  INT8: "int8",
  INT16: "int16",
  INT32: "int32",
  INT64: "int64",
  FP16: "float16",
  BF16: "bfloat16",
  FP32: "float32",
  FP64: "float64",
  BYTES: "string",
};

type Constructor = new (type: string, data: unknown, shape: readonly number[]) => StockTensor;

/** A tensor as onnxruntime-node takes it. Strings become text: bytes that are not UTF-8 are lost. */
export function stockTensor(ort: { readonly Tensor: unknown }, tensor: WireTensor): StockTensor {
  // The package's types pair each type name with its own array; here both come from one table.
  const Tensor = ort.Tensor as Constructor;
  const data = tensor.dtype === "BYTES" ? new Strings(tensor.bytes, tensor.offsets).toArray() : tensor.data;
  return new Tensor(STOCK_TYPE[tensor.dtype], data, tensor.shape);
}

/** The inverse. */
export function wireOfStock({ data, dims }: StockTensor, dtype: DType): WireTensor {
  const storage = dtype === "BYTES" ? Strings.from(data as string[]) : data;
  return wireTensor({ dtype, shape: dims, data: storage as never });
}
