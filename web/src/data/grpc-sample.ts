import type { TensorFacts } from "./api.ts";
import type { Asked } from "./code-samples.ts";
import { sampleInputs, sampleRow } from "./sample-row.ts";
import { shellText } from "./shell-text.ts";

/** Where the message of Open Inference has the values of a type. */
const FIELDS: Readonly<Record<string, string>> = {
  BOOL: "bool_contents",
  INT8: "int_contents",
  INT16: "int_contents",
  INT32: "int_contents",
  INT64: "int64_contents",
  UINT8: "uint_contents",
  UINT16: "uint_contents",
  UINT32: "uint_contents",
  UINT64: "uint64_contents",
  FP32: "fp32_contents",
  FP64: "fp64_contents",
  BYTES: "bytes_contents",
};

/** A model of more values than this is not asked by hand. */
const MOST_VALUES = 200;

/** A request over gRPC as a command; undefined where its values cannot be written so. */
export function grpcurl({ url, name, description, grpcPort, hasKey }: Asked): string | undefined {
  if (grpcPort === undefined) return undefined;
  const values = { ...sampleInputs(description), ...sampleRow(description.columns) };
  const inputs = description.inputs.map((input) => tensorOf(input, values[input.name]));
  if (inputs.includes(undefined)) return undefined;
  const message = JSON.stringify({ model_name: name, inputs });
  const key = hasKey ? ' \\\n  -H "authorization: Bearer $SIRVE_API_KEY"' : "";
  const { hostname } = new URL(url);
  return `grpcurl -plaintext${key} -d ${shellText(message)} \\\n  ${hostname}:${grpcPort} inference.GRPCInferenceService/ModelInfer`;
}

function tensorOf({ name, dtype, shape }: TensorFacts, value: unknown): object | undefined {
  const field = FIELDS[dtype];
  const flat = [value].flat(Number.POSITIVE_INFINITY as 20);
  if (field === undefined || flat.length > MOST_VALUES) return undefined;
  const contents = dtype === "BYTES" ? flat.map((one) => btoa(String(one))) : flat;
  return {
    name,
    datatype: dtype,
    shape: shape.map((size) => Math.max(1, size)),
    contents: { [field]: contents },
  };
}
