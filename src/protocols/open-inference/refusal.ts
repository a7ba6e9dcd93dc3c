import { type ErrorCode, type ErrorDetails, PlatformError, STATUS } from "../../base/index.ts";

/** HTTP status of each code where the V2 contract differs from the platform's table. */
const HTTP_STATUS: Partial<Record<ErrorCode, number>> = {
  already_exists: 400,
  cancelled: 400,
  deadline_exceeded: 503,
  resource_exhausted: 503,
  too_large: 400,
};

/** gRPC status of each code where the V2 contract differs: a full queue is UNAVAILABLE. */
const GRPC_STATUS: Partial<Record<ErrorCode, number>> = {
  failed_precondition: 3,
  resource_exhausted: 14,
  too_large: 3,
};

/** What the contract answers as an internal error although the server is not to blame: nothing to log. */
const calledInternal = new WeakSet<PlatformError>();

/** A refusal in the words of the contract. */
export function refuse(
  code: ErrorCode,
  text: string,
  options: ErrorOptions & ErrorDetails = {},
): PlatformError {
  return new PlatformError(code, text, options);
}

/** A refusal found while a request is validated or scheduled, which names the request. */
export function refuseRequest(id: string, text: string, options: ErrorDetails = {}): PlatformError {
  return refuse("invalid_argument", requestPrefix(id) + text, options);
}

/** `[request id: 7] `, before every text about validating or scheduling a request. */
export function requestPrefix(id: string): string {
  return `[request id: ${id === "" ? "<id_unknown>" : id}] `;
}

/** A JSON syntax or type error: the client's fault, with status 500 in this dialect. */
export function jsonFault(text: string, options: ErrorOptions & ErrorDetails = {}): PlatformError {
  return callInternal(refuse("invalid_argument", text, options));
}

/** A model that does not load, because it is not there or its files are wrong: an internal error in this dialect. */
export function loadFault(
  code: "not_found" | "failed_precondition",
  text: string,
  options: ErrorOptions & ErrorDetails,
): PlatformError {
  return callInternal(refuse(code, text, options));
}

function callInternal(error: PlatformError): PlatformError {
  calledInternal.add(error);
  return error;
}

/** A body that is no JSON, or not the JSON that is wanted. */
export function bodyFault(problem: string, options: ErrorOptions & ErrorDetails = {}): PlatformError {
  return jsonFault(`failed to parse the request JSON buffer: ${problem}`, { field: "body", ...options });
}

/** The HTTP status that this wire gives an error. */
export function httpStatus(error: PlatformError): number {
  if (calledInternal.has(error)) return STATUS.internal.http;
  return HTTP_STATUS[error.code] ?? STATUS[error.code].http;
}

/** The gRPC status that this wire gives an error. */
export function grpcStatus(error: PlatformError): number {
  if (calledInternal.has(error)) return STATUS.internal.grpc;
  return GRPC_STATUS[error.code] ?? STATUS[error.code].grpc;
}
