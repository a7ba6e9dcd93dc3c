import { SirveError } from "./error.ts";
import { headersOf, type PredictOptions, pathOfModel } from "./predict.ts";
import { decodeTensor, encodeTensor, type Tensor, type TensorData } from "./tensor.ts";
import type { Transport } from "./transport.ts";

/** Tensors in; the outputs wanted, or all. */
export interface InferRequest {
  readonly inputs: readonly Tensor[];
  readonly outputs?: readonly string[];
}

/** Tensors out. */
export interface InferAnswer {
  readonly model: string;
  readonly version: string;
  readonly variant?: string;
  readonly outputs: readonly Tensor[];
}

const LENGTH = "inference-header-content-length";

/** Open Inference V2 with all tensors in binary. */
export async function infer(
  { ask }: Transport,
  model: string,
  request: InferRequest,
  options: PredictOptions = {},
): Promise<InferAnswer> {
  const parts = request.inputs.map(encodeTensor);
  const header = new TextEncoder().encode(
    JSON.stringify({
      ...(options.requestId !== undefined && { id: options.requestId }),
      parameters: { binary_data_output: true },
      inputs: request.inputs.map(({ name, datatype, shape }, i) => ({
        name,
        datatype,
        shape,
        parameters: { binary_data_size: parts[i]?.length },
      })),
      ...(request.outputs && { outputs: request.outputs.map((name) => ({ name })) }),
    }),
  );
  const reply = await ask({
    method: "POST",
    path: `/v2/models/${pathOfModel(model, options)}/infer`,
    headers: {
      "content-type": "application/octet-stream",
      [LENGTH]: String(header.length),
      ...headersOf(options),
    },
    body: new Blob([header, ...parts]),
    isRepeatable: true,
    timeoutMs: options.timeoutMs,
    signal: options.signal,
  });
  const { bytes } = reply;
  const variant = reply.headers.get("x-sirve-variant");
  const answer = readAnswer(bytes, Number(reply.headers.get(LENGTH) ?? bytes.length));
  return variant === null ? answer : { ...answer, variant };
}

interface OutputHead {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data?: readonly (number | string | boolean)[];
  readonly parameters?: { readonly binary_data_size?: number };
}

function readAnswer(bytes: Uint8Array, headerLength: number): InferAnswer {
  const text = new TextDecoder().decode(bytes.subarray(0, headerLength));
  const head = JSON.parse(text) as {
    model_name: string;
    model_version: string;
    outputs: readonly OutputHead[];
  };
  let at = headerLength;
  const outputs = head.outputs.map((output): Tensor => {
    const { name, datatype, shape } = output;
    const size = output.parameters?.binary_data_size;
    if (size === undefined) return { name, datatype, shape, data: plainData(output) };
    const part = bytes.subarray(at, at + size);
    at += size;
    return { name, datatype, shape, data: decodeTensor(part, output) };
  });
  return { model: head.model_name, version: head.model_version, outputs };
}

/** Values that came as JSON although binary was asked for: numbers as doubles, strings as they are. */
function plainData({ name, data = [] }: OutputHead): TensorData {
  if (data.every((item) => typeof item === "string")) return data;
  if (data.every((item) => typeof item !== "string")) return Float64Array.from(data, Number);
  throw new SirveError(`output ${name} mixes strings and numbers`, {
    status: 0,
    code: "internal",
    field: name,
  });
}
