import type { DType } from "../tensor/index.ts";
import { dataTypeEnum } from "./schema.ts";

/** What is known of one element type of ONNX. */
export interface ElementType {
  /** Name in onnx.proto, such as "FLOAT16". */
  readonly name: string;
  /** The platform's name of it; undefined where requests cannot carry it. */
  readonly dtype: DType | undefined;
  /** Bits of one element; 0 for strings. */
  readonly bits: number;
}

const DTYPE_OF = new Map<string, DType>([
  ["FLOAT", "FP32"],
  ["DOUBLE", "FP64"],
  ["FLOAT16", "FP16"],
  ["BFLOAT16", "BF16"],
  ["STRING", "BYTES"],
  ["BOOL", "BOOL"],
  ["INT8", "INT8"],
  ["INT16", "INT16"],
  ["INT32", "INT32"],
  ["INT64", "INT64"],
  ["UINT8", "UINT8"],
  ["UINT16", "UINT16"],
  ["UINT32", "UINT32"],
  ["UINT64", "UINT64"],
]);

const BITS_OF = new Map<string, number>([
  ["FLOAT", 32],
  ["DOUBLE", 64],
  ["STRING", 0],
  ["BOOL", 8],
  ["COMPLEX64", 64],
  ["COMPLEX128", 128],
]);

const NAME_OF = new Map(Object.entries(dataTypeEnum.values).map(([name, code]) => [code, name]));

/** The element type of a code of TensorProto.DataType; unknown codes have no bits. */
export function elementType(code = 0): ElementType {
  const name = NAME_OF.get(code);
  if (name === undefined) return { name: `number ${code}`, dtype: undefined, bits: 0 };
  // FLOAT16, INT4, FLOAT8E4M3FN …: the name says the width.
  const bits = BITS_OF.get(name) ?? Number(/\d+/.exec(name.replace("BFLOAT", "FLOAT"))?.[0] ?? 0);
  return { name, dtype: DTYPE_OF.get(name), bits };
}
