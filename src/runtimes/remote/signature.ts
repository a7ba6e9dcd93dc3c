import type { Json } from "../../base/index.ts";
import type { Signature, TensorSpec } from "../../model/index.ts";
import { DTYPES, type DType, isDType } from "../../tensor/index.ts";
import type { Remote } from "./remote-file.ts";
import { badAnswer, type Fields, fieldsOf, isList, kindOf, listOf, textOf } from "./wire.ts";

const MAX_RANK = 32;

/** What `remote.json` declares; undefined if the server's metadata says it. */
export function declaredSignature({ inputs, outputs }: Remote): Signature | undefined {
  if (!inputs || !outputs) return undefined;
  const specOf = ({ name, dtype, shape }: { name: string; dtype: DType; shape: readonly number[] }) =>
    spec(name, dtype, shape);
  return { inputs: inputs.map(specOf), outputs: outputs.map(specOf) };
}

function spec(name: string, dtype: DType, shape: readonly number[]): TensorSpec {
  return { name, dtype, shape, batchAxis: shape[0] === -1 ? 0 : null };
}

/** The tensors of V2 model metadata. @see Open Inference Protocol, "Model Metadata". */
export function signatureOfV2(metadata: Json): Signature {
  const fields = fieldsOf(metadata, "metadata");
  return { inputs: v2Specs(fields["inputs"], "inputs"), outputs: v2Specs(fields["outputs"], "outputs") };
}

function v2Specs(value: Json | undefined, place: string): TensorSpec[] {
  return listOf(value, place).map((item, i) => {
    const field = `${place}[${i}]`;
    const { name, datatype, shape } = fieldsOf(item, field);
    const sizes = listOf(shape, `${field}.shape`).map((size, axis) =>
      sizeOf(size, `${field}.shape[${axis}]`),
    );
    return spec(textOf(name, `${field}.name`), dtypeOf(datatype, `${field}.datatype`), checked(sizes, field));
  });
}

function checked(sizes: readonly number[], field: string): readonly number[] {
  if (sizes.length <= MAX_RANK) return sizes;
  throw badAnswer(`${field}.shape`, `${sizes.length} sizes`, `at most ${MAX_RANK}`);
}

function dtypeOf(value: Json | undefined, field: string): DType {
  const name = textOf(value, field);
  if (isDType(name)) return name;
  throw badAnswer(field, name, `one of ${DTYPES.join(", ")}`);
}

/** A size as a number, or as the text that protobuf's JSON makes of 64 bits. */
function sizeOf(value: Json | undefined, field: string): number {
  const size = typeof value === "string" ? Number(value) : value;
  if (typeof size === "number" && Number.isSafeInteger(size) && size >= -1) return size;
  throw badAnswer(field, kindOf(value), "a size, or -1 for any");
}

const TENSORFLOW: Readonly<Record<string, DType>> = {
  DT_BOOL: "BOOL",
  DT_UINT8: "UINT8",
  DT_UINT16: "UINT16",
  DT_UINT32: "UINT32",
  DT_UINT64: "UINT64",
  DT_INT8: "INT8",
  DT_INT16: "INT16",
  DT_INT32: "INT32",
  DT_INT64: "INT64",
  DT_HALF: "FP16",
  DT_BFLOAT16: "BF16",
  DT_FLOAT: "FP32",
  DT_DOUBLE: "FP64",
  DT_STRING: "BYTES",
};

const DEFAULT_SIGNATURE = "serving_default";

/** The tensors of `serving_default`. @see tensorflow/serving, g3doc/api_rest.md, "Model Metadata API". */
export function signatureOfTensorFlow(metadata: Json): Signature {
  const outer = fieldsOf(fieldsOf(metadata, "body")["metadata"], "metadata");
  const middle = fieldsOf(outer["signature_def"], "metadata.signature_def");
  const all = fieldsOf(middle["signature_def"], "metadata.signature_def.signature_def");
  const serving = fieldsOf(all[DEFAULT_SIGNATURE], DEFAULT_SIGNATURE);
  return {
    inputs: tensorFlowSpecs(fieldsOf(serving["inputs"], "inputs"), "inputs"),
    outputs: tensorFlowSpecs(fieldsOf(serving["outputs"], "outputs"), "outputs"),
  };
}

function tensorFlowSpecs(tensors: Fields, place: string): TensorSpec[] {
  return Object.entries(tensors).map(([name, value]) => {
    const field = `${place}.${name}`;
    const { dtype, tensor_shape: shape } = fieldsOf(value, field);
    const known = TENSORFLOW[textOf(dtype, `${field}.dtype`)];
    if (known === undefined) throw badAnswer(`${field}.dtype`, kindOf(dtype), "a dtype that is served");
    return spec(
      name,
      known,
      checked(tensorFlowShape(fieldsOf(shape, `${field}.tensor_shape`), field), field),
    );
  });
}

function tensorFlowShape({ dim = [], unknown_rank: isUnknown }: Fields, field: string): number[] {
  if (isUnknown === true || !isList(dim)) {
    throw badAnswer(`${field}.tensor_shape`, "no rank", "sizes; declare inputs and outputs in remote.json");
  }
  return dim.map((one, axis) => {
    const at = `${field}.tensor_shape.dim[${axis}]`;
    return sizeOf(fieldsOf(one, at)["size"], at);
  });
}
