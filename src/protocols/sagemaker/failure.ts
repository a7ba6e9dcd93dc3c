import { PlatformError, STATUS } from "../../base/index.ts";
import type { FailedRequest, HttpReply } from "../contract.ts";
import { problemReply } from "../native/problem.ts";

const MAX_MESSAGE = 2048;

/** How an invocation failed: to the platform as a container says it, to an SDK as the platform says it. */
export function sageMakerFailure(thrown: unknown, request: FailedRequest): HttpReply {
  if (!request.path.startsWith("/endpoints")) return problemReply(thrown, request);
  const error = PlatformError.from(thrown);
  const [status, shape] = shapeOf(error);
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

/** Status and error shape of the runtime API. */
function shapeOf({ code }: PlatformError): readonly [number, string] {
  switch (code) {
    case "not_found":
      return [400, "ValidationError"];
    case "unauthenticated":
    case "permission_denied":
      return [403, "AccessDeniedException"];
    case "unavailable":
    case "resource_exhausted":
      return [503, "ServiceUnavailable"];
    case "internal":
      return [500, "InternalFailure"];
    default:
      return [424, "ModelError"];
  }
}
