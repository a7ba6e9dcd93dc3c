import { isDType, type Tensor } from "../../tensor/index.ts";
import { grpcWords, parameterValue } from "./grpc-parameters.ts";
import type { InferCall, InputHead, OutputRequest, Place } from "./infer-call.ts";
import type {
  InferParameter,
  ModelInferRequest,
  ModelInferRequestInferInputTensor,
  ModelInferRequestInferRequestedOutputTensor,
} from "./infer-messages.ts";
import { checkClasses, checkUnrequested } from "./output-request.ts";
import { readOptions } from "./parameters.ts";
import { decodeRawTensor } from "./raw-tensor.ts";
import { refuse, refuseRequest } from "./refusal.ts";
import { checkedCount } from "./shape.ts";
import { regionNotFound } from "./shared-memory.ts";
import { decodeContents } from "./typed-contents.ts";

/**
 * A decoded `ModelInferRequest` as the core takes it. Raw tensors stay views of the message.
 *
 * @throws PlatformError with the contract's words.
 */
export function decodeGrpcCall(request: ModelInferRequest): InferCall {
  const { id, model_name: model, outputs, parameters } = request;
  return {
    id,
    model,
    version: grpcVersion(request.model_version),
    inputs: decodeInputs(request, { id, model }),
    outputs: outputs.length === 0 ? undefined : decodeOutputs(outputs, id),
    options: parameters.size === 0 ? undefined : readOptions(values(parameters), grpcWords),
  };
}

/** The version that a message names; "" is the server's choice. @throws PlatformError if it is no number. */
export function grpcVersion(text: string): number | undefined {
  if (text === "") return undefined;
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  const problem = `failed to get model version from specified version string '${text}', version should be an integral value > 0`;
  throw refuse("invalid_argument", problem, {
    field: "model_version",
    got: text,
    expected: "a version number",
  });
}

function* values(parameters: ReadonlyMap<string, InferParameter>) {
  for (const [name, parameter] of parameters) yield [name, parameterValue(parameter)] as const;
}

function decodeInputs(request: ModelInferRequest, place: Place): Map<string, Tensor> {
  const inputs = new Map<string, Tensor>();
  const { raw_input_contents: raws } = request;
  let used = 0;
  for (const input of request.inputs) {
    if (inputs.has(input.name)) {
      throw refuseRequest(place.id, `input '${input.name}' already exists in request`, { field: input.name });
    }
    checkShared(input, place);
    const head = decodeHead(input);
    if (raws.length === 0) {
      inputs.set(head.name, decodeContents(head, input.contents, place));
      continue;
    }
    inputs.set(head.name, decodeRawTensor(head, rawOf(input, raws[used++], place), place));
  }
  if (used < raws.length) {
    throw refuse("invalid_argument", `unexpected additional input data for model '${place.model}'`);
  }
  return inputs;
}

function rawOf(
  input: ModelInferRequestInferInputTensor,
  raw: Uint8Array | undefined,
  { model }: Place,
): Uint8Array {
  const { name, contents } = input;
  if (contents) {
    const text = `contents field must not be specified when using raw_input_contents for '${name}' for model '${model}'`;
    throw refuse("invalid_argument", text, { field: name });
  }
  if (raw) return raw;
  const text = `unable to find data for input tensor '${name}' for model '${model}' in request.`;
  throw refuse("invalid_argument", text, { field: name });
}

function checkShared(
  { name, parameters, contents }: ModelInferRequestInferInputTensor,
  { model }: Place,
): void {
  if (parameters.size === 0) return;
  const region = parameters.get("shared_memory_region")?.string_param;
  if (region === undefined) return;
  if (!contents) throw regionNotFound(region);
  const text = `unexpected 'content' provided when using shared memory for input tensor '${name}' for model '${model}'`;
  throw refuse("invalid_argument", text, { field: name });
}

function decodeHead({ name, datatype, shape }: ModelInferRequestInferInputTensor): InputHead {
  if (isDType(datatype)) return { name, dtype: datatype, shape, count: checkedCount(name, datatype, shape) };
  const text = `invalid datatype '${datatype}' for input '${name}'`;
  throw refuse("invalid_argument", text, { field: name, got: datatype, expected: "a datatype such as FP32" });
}

function decodeOutputs(
  items: readonly ModelInferRequestInferRequestedOutputTensor[],
  id: string,
): OutputRequest[] {
  const outputs: OutputRequest[] = [];
  for (const { name, parameters } of items) {
    checkUnrequested(outputs, name, id);
    outputs.push({ name, classes: parameters.size === 0 ? 0 : classesOf(parameters) });
  }
  return outputs;
}

function classesOf(parameters: ReadonlyMap<string, InferParameter>): number {
  const region = parameters.get("shared_memory_region")?.string_param;
  const classification = parameters.get("classification");
  if (region !== undefined && !classification) throw regionNotFound(region);
  if (region !== undefined) {
    throw refuse("invalid_argument", "output can't set both 'shared_memory_region' and 'classification'");
  }
  if (!classification) return 0;
  const { int64_param: classes } = classification;
  if (classes === undefined) {
    throw refuse(
      "invalid_argument",
      "invalid value type for 'classification' parameter, expected int64_param",
    );
  }
  if (classes >= 0n) return checkClasses(Number(classes));
  throw refuse("invalid_argument", "invalid value for 'classification' parameter, expected >= 0");
}
