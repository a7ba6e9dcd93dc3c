import { type ErrorCode, PlatformError, STATUS } from "../../base/index.ts";
import type { FailedRequest, HttpReply } from "../contract.ts";
import { problemReply } from "../native/problem.ts";

const MAX_MESSAGE = 2048;

/** How an invocation failed: to the platform as a container says it, to an SDK as the platform says it. */
export function sageMakerFailure(thrown: unknown, request: FailedRequest): HttpReply {
  if (!request.path.startsWith("/endpoints")) return problemReply(thrown, request);
  const error = PlatformError.from(thrown);
  // The platform, and not the model, knows its variants.
  const isOurs = error.details.field === "variant";
  const [status, shape] = SHAPES.get(isOurs ? "not_found" : error.code) ?? [424, "ModelError"];
  const message = error.message.slice(0, MAX_MESSAGE);
  const model =
    shape === "ModelError"
      ? { OriginalStatusCode: STATUS[error.code].http, OriginalMessage: message, LogStreamArn: "" }
      : {};
  const headers = { "content-type": "application/json", "x-amzn-errortype": shape };
  return {
    status: request.unrouted ?? status,
    headers,
    body: JSON.stringify({ Message: message, ...model }),
  };
}

/** Statuses and error shapes of the runtime API; what is not here is the model's own error. */
const SHAPES = new Map<ErrorCode, readonly [number, string]>([
  ["not_found", [400, "ValidationError"]],
  ["unauthenticated", [403, "AccessDeniedException"]],
  ["permission_denied", [403, "AccessDeniedException"]],
  ["unavailable", [503, "ServiceUnavailable"]],
  ["resource_exhausted", [503, "ServiceUnavailable"]],
  ["internal", [500, "InternalFailure"]],
]);
