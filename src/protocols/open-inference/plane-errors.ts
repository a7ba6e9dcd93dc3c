import { type ErrorDetails, PlatformError } from "../../base/index.ts";
import type { ControlPlane } from "../../model/index.ts";
import { explainMismatch } from "./explain.ts";
import type { InferCall } from "./infer-call.ts";
import { refuse, refuseRequest, requestPrefix } from "./refusal.ts";

/** What the planes throw about a model or version, in the contract's words. */
export function modelFailure(
  control: ControlPlane,
  thrown: unknown,
  model: string,
  version?: number,
): PlatformError {
  const error = PlatformError.from(thrown);
  if (error.code !== "not_found" && error.code !== "unavailable") return error;
  const known = control.find(model);
  const unknown = `Request for unknown model: '${model}'`;
  const options = { ...error.details, cause: error };
  if (!known) return refuse("not_found", `${unknown} is not found`, options);
  if (version === undefined) {
    if (known.versions.some(({ state }) => state === "ready")) return error;
    return refuse("not_found", `${unknown} has no available versions`, options);
  }
  const status = known.versions.find((candidate) => candidate.version === version);
  if (!status) return refuse("not_found", `${unknown} version ${version} is not found`, options);
  if (status.state === "ready") return error;
  return refuse("unavailable", `${unknown} version ${version} is not at ready state`, options);
}

/**
 * What the data plane throws about a request, in the contract's words. A time that the request itself
 * asked for makes it `unavailable`; `isCallOver` says that the call's own deadline has ended it.
 */
export function inferFailure(
  control: ControlPlane,
  thrown: unknown,
  call: InferCall,
  isCallOver: boolean,
): PlatformError {
  const error = modelFailure(control, thrown, call.model, call.version);
  if (error !== thrown && error.message.startsWith("Request for unknown model")) return error;
  const prefix = requestPrefix(call.id);
  const options: ErrorOptions & ErrorDetails = { ...error.details, cause: error };
  if (error.code === "invalid_argument") {
    return refuseRequest(call.id, mismatch(control, call) ?? error.message, error.details);
  }
  const code = error.code === "deadline_exceeded" && !isCallOver ? "unavailable" : error.code;
  return refuse(code, prefix + requestText(control, error), options);
}

/** A request's failure without its prefix. */
function requestText(control: ControlPlane, { code, message }: PlatformError): string {
  if (code === "resource_exhausted") return "Exceeds maximum queue size";
  if (code === "deadline_exceeded") return "Request timeout expired";
  return code === "unavailable" && !control.isReady() ? STOPPING : message;
}

const STOPPING = "Server is stopping, scheduler for model has stopped accepting new inference requests";

function mismatch(control: ControlPlane, call: InferCall): string | undefined {
  try {
    return explainMismatch(control.describe(call.model, call.version), call);
  } catch {
    return undefined; // The version went away meanwhile; the original refusal stands.
  }
}
