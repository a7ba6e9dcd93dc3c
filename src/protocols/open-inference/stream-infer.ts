import { decodeMessage, encodeChunks, PlatformError } from "../../base/index.ts";
import { answeredBy } from "../answered-by.ts";
import type { GrpcCall, Planes } from "../contract.ts";
import { inOrder } from "../in-order.ts";
import { decodeGrpcCall } from "./grpc-decode.ts";
import { inferResponse } from "./grpc-encode.ts";
import { type InferAnswer, type InferSettings, infer } from "./infer.ts";
import { modelInferRequest, modelStreamInferResponse } from "./infer-messages.ts";

/** Requests of one stream under way at a time; the next is read when one is answered. */
const MAX_UNDER_WAY = 64;
const FINAL = new Map([["triton_final_response", { bool_param: true }]]);

/** One message of the answering stream, or the failure of its request. */
interface StreamAnswer {
  readonly chunks: Uint8Array[];
  readonly failure?: PlatformError;
}

/**
 * Answers a stream of requests in the order in which they came, several under way at once. An
 * error is a message of the stream, which goes on; with metadata `triton_grpc_error: true` the first
 * error ends it with its status.
 */
export async function* streamInfer(
  planes: Planes,
  settings: InferSettings,
  messages: AsyncIterable<Uint8Array>,
  call: GrpcCall,
): AsyncGenerator<Uint8Array[]> {
  const endsOnError = call.metadata["triton_grpc_error"] === "true";
  const start = (message: Uint8Array) => answerOne(planes, settings, message, call);
  for await (const { chunks, failure } of inOrder(messages, start, MAX_UNDER_WAY)) {
    if (failure && endsOnError) throw failure;
    yield chunks;
  }
}

/** A stream has one trailer for many answers, so who answered stands in the parameters of each. */
function parametersOf(answer: InferAnswer) {
  const who = Object.entries(answeredBy(answer)).map(
    ([name, value]) => [name, { string_param: value }] as const,
  );
  return new Map<string, { bool_param: boolean } | { string_param: string }>([...FINAL, ...who]);
}

/** Answers one message within a deadline of its own; never rejects. */
async function answerOne(
  planes: Planes,
  settings: InferSettings,
  message: Uint8Array,
  call: GrpcCall,
): Promise<StreamAnswer> {
  let id = "";
  const { deadlines, deadlineMs = 0 } = settings;
  const whole = call.context.deadline;
  const deadline = deadlineMs > 0 ? deadlines.within(whole, deadlineMs) : whole;
  const context = { ...call.context, deadline };
  try {
    const request = decodeMessage(modelInferRequest, message);
    id = request.id;
    const answer = await infer(planes, settings, decodeGrpcCall(request), context);
    const response = { ...inferResponse(answer, id), parameters: parametersOf(answer) };
    return { chunks: encodeChunks(modelStreamInferResponse, { infer_response: response }) };
  } catch (thrown) {
    const failure = PlatformError.from(thrown);
    const error = { error_message: failure.message, infer_response: { id } };
    return { chunks: encodeChunks(modelStreamInferResponse, error), failure };
  } finally {
    if (deadline !== whole) deadline.close();
  }
}
