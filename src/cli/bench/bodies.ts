import { encodeMessage, message, PlatformError } from "../../base/index.ts";
import type { Input } from "../input-file.ts";
import { stringifyLossless } from "../lossless-json.ts";
import { rawValues } from "./raw-values.ts";
import type { SampleTensor, Value } from "./sample.ts";
import type { ModelReference } from "./v2-view.ts";

/** The ways a prediction can be asked for. */
export const WIRES = ["native", "v2-json", "v2-binary", "grpc"] as const;
export type Wire = (typeof WIRES)[number];

/** One request, ready to be sent again and again. */
export interface ReadyRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The request that asks `reference` for these inputs by the native API or V2 over HTTP. */
export function httpRequestOf(
  wire: Exclude<Wire, "grpc">,
  reference: ModelReference,
  inputs: readonly SampleTensor[],
): ReadyRequest {
  if (wire === "native") {
    return nativeRequest(reference, { bytes: nativeBody(inputs), contentType: "application/json" });
  }
  const path = `/v2/models/${pathOf(reference)}/infer`;
  return wire === "v2-json" ? jsonRequest(path, inputs) : binaryRequest(path, inputs);
}

/** A native request with a body as a user wrote it. */
export function nativeRequest(reference: ModelReference, { bytes, contentType }: Input): ReadyRequest {
  return { path: `/predict/${pathOf(reference)}`, headers: { "content-type": contentType }, body: bytes };
}

/** "fashion", or "fashion/versions/2". */
function pathOf({ model, version }: ModelReference): string {
  const name = encodeURIComponent(model);
  return version === undefined ? name : `${name}/versions/${version}`;
}

function nativeBody(inputs: readonly SampleTensor[]): Buffer<ArrayBuffer> {
  const entries = inputs.map(({ name, shape, values }) => [name, nested(values, shape)]);
  return Buffer.from(stringifyLossless({ inputs: Object.fromEntries(entries) }));
}

function nested(values: readonly Value[], shape: readonly number[]): unknown {
  const [size, ...rest] = shape;
  if (size === undefined) return values[0];
  if (rest.length === 0) return values;
  const step = values.length / Math.max(size, 1);
  return Array.from({ length: size }, (_, i) => nested(values.slice(i * step, (i + 1) * step), rest));
}

function jsonRequest(path: string, inputs: readonly SampleTensor[]): ReadyRequest {
  const half = inputs.find(({ datatype }) => datatype === "FP16" || datatype === "BF16");
  if (half) {
    throw new PlatformError(
      "invalid_argument",
      `input ${half.name} is ${half.datatype}, which JSON does not carry`,
      {
        field: "--wire",
        got: "v2-json",
        expected: "v2-binary or grpc",
      },
    );
  }
  const body = { inputs: inputs.map(({ values, ...spec }) => ({ ...spec, data: values })) };
  return {
    path,
    headers: { "content-type": "application/json" },
    body: Buffer.from(stringifyLossless(body)),
  };
}

function binaryRequest(path: string, inputs: readonly SampleTensor[]): ReadyRequest {
  const raw = inputs.map(({ datatype, values }) => rawValues(datatype, values));
  const head = {
    inputs: inputs.map(({ name, datatype, shape }, i) => ({
      name,
      datatype,
      shape,
      parameters: { binary_data_size: raw[i]?.length ?? 0 },
    })),
    parameters: { binary_data_output: true },
  };
  const json = Buffer.from(JSON.stringify(head));
  const headers = {
    "content-type": "application/octet-stream",
    "inference-header-content-length": String(json.length),
  };
  return { path, headers, body: Buffer.concat([json, ...raw]) };
}

interface InferInput {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

interface InferRequest {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly inputs: readonly InferInput[];
  readonly rawInputContents: readonly Uint8Array[];
}

/** The fields of the message that are sent here. Source: contracts of Open Inference V2, grpc_predict_v2.proto. */
const inferRequest = message<InferRequest>("inference.ModelInferRequest", {
  modelName: { number: 1, type: "string" },
  modelVersion: { number: 2, type: "string" },
  inputs: {
    number: 5,
    repeated: true,
    type: message<InferInput>("inference.ModelInferRequest.InferInputTensor", {
      name: { number: 1, type: "string" },
      datatype: { number: 2, type: "string" },
      shape: { number: 3, type: "int64", repeated: true, as: "number" },
    }),
  },
  rawInputContents: { number: 7, type: "bytes", repeated: true },
});

/** The `ModelInferRequest` that asks `reference` for these inputs. */
export function grpcMessageOf(
  { model, version }: ModelReference,
  inputs: readonly SampleTensor[],
): Uint8Array {
  return encodeMessage(inferRequest, {
    modelName: model,
    modelVersion: version === undefined ? "" : String(version),
    inputs: inputs.map(({ name, datatype, shape }) => ({ name, datatype, shape })),
    rawInputContents: inputs.map(({ datatype, values }) => rawValues(datatype, values)),
  });
}
