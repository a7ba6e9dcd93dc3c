import type { Deadlines } from "../../base/index.ts";
import type {
  ControlPlane,
  DataPlane,
  PredictRequest,
  PredictResponse,
  RequestContext,
  Timing,
  VersionDescription,
} from "../../model/index.ts";
import type { Tensor, Tensors } from "../../tensor/index.ts";
import type { Planes } from "../contract.ts";
import { classify } from "./classification.ts";
import { explainMismatch } from "./explain.ts";
import type { InferCall, InferOptions, OutputRequest } from "./infer-call.ts";
import { platformPriority } from "./parameters.ts";
import { inferFailure } from "./plane-errors.ts";
import { refuseRequest } from "./refusal.ts";

/** What both wires are made with. */
export interface InferSettings {
  /** Runs the deadlines that requests ask for with `timeout`. */
  readonly deadlines: Deadlines;
  /** Longest one request of a stream may take, in milliseconds; 0 or undefined: no limit. */
  readonly deadlineMs?: number;
}

/** One answered inference request. */
export interface InferAnswer {
  readonly model: string;
  readonly version: number;
  readonly variant?: string;
  /** In the order requested, or the model's; classified where that was asked for. */
  readonly outputs: Tensors;
  readonly timing: Timing;
  readonly costUs: number;
}

/**
 * Answers one decoded request of either wire.
 *
 * @throws PlatformError in the contract's words.
 */
export async function infer(
  planes: Planes,
  settings: InferSettings,
  call: InferCall,
  context: RequestContext,
): Promise<InferAnswer> {
  let response: PredictResponse;
  try {
    response =
      call.options === undefined
        ? await planes.data.predict(predictRequest(call), context)
        : await predictWithOptions(planes.data, settings, call, { ...context, ...contextOf(call.options) });
  } catch (thrown) {
    throw inferFailure(planes.control(context.caller), thrown, call, context.deadline.reason !== undefined);
  }
  if (call.outputs === undefined) return response;
  return {
    ...response,
    outputs: selectOutputs(planes.control(context.caller), call, call.outputs, response),
  };
}

function predictRequest({ model, version, inputs, outputs }: InferCall): PredictRequest {
  const payload = { kind: "tensors", tensors: inputs } as const;
  if (version === undefined && outputs === undefined) return { model, payload };
  return {
    model,
    payload,
    ...(version !== undefined && { version }),
    ...(outputs !== undefined && { outputs: outputs.map(({ name }) => name) }),
  };
}

/** What a request's parameters change in its context. */
function contextOf({ priority, custom }: InferOptions): Pick<RequestContext, "priority" | "parameters"> {
  return { priority: platformPriority(priority), parameters: custom };
}

/** Predicts within the shorter deadline that the request may ask for. */
async function predictWithOptions(
  data: DataPlane,
  { deadlines }: InferSettings,
  call: InferCall,
  context: RequestContext,
): Promise<PredictResponse> {
  const timeoutUs = call.options?.timeoutUs ?? 0;
  if (timeoutUs === 0) return await data.predict(predictRequest(call), context);
  const deadline = deadlines.within(context.deadline, timeoutUs / 1000);
  try {
    return await data.predict(predictRequest(call), { ...context, deadline });
  } finally {
    deadline.close();
  }
}

function selectOutputs(
  control: ControlPlane,
  call: InferCall,
  wanted: readonly OutputRequest[],
  response: PredictResponse,
): Tensors {
  const { model, version, outputs } = response;
  const needsClasses = wanted.some(({ classes }) => classes > 0);
  const isComplete = wanted.every(({ name }) => outputs.has(name));
  const description = needsClasses || !isComplete ? control.describe(model, version) : undefined;
  const selected = new Map<string, Tensor>();
  for (const { name, classes } of wanted) {
    const tensor = outputs.get(name);
    if (!tensor) throw outputMissing(description, call, name);
    selected.set(name, classes > 0 && description ? classified(tensor, name, classes, description) : tensor);
  }
  return selected;
}

function classified(tensor: Tensor, name: string, classes: number, description: VersionDescription): Tensor {
  const { signature, manifest } = description;
  const spec = signature.outputs.find((output) => output.name === name);
  return classify(tensor, {
    name,
    classes,
    hasRows: spec?.batchAxis === 0,
    labels: spec?.labels ?? manifest.labels,
  });
}

function outputMissing(description: VersionDescription | undefined, call: InferCall, name: string): Error {
  const problem = description && explainMismatch(description, call);
  return refuseRequest(call.id, problem ?? `unexpected inference output '${name}'`, { field: name });
}
