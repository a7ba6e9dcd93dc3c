/**
 * What each error code becomes by default. A protocol whose contract demands it overrides
 * status and body.
 *
 * Source: google/rpc/code.proto (names, numbers and HTTP mapping); `too_large` is ours,
 * because HTTP tells a large body (413) from a full queue (429) and gRPC does not.
 */
export const STATUS = {
  cancelled: { grpc: 1, http: 499, retry: false, meaning: "The client went away or cancelled the request." },
  invalid_argument: {
    grpc: 3,
    http: 400,
    retry: false,
    meaning: "The request is not what this model or route takes.",
  },
  deadline_exceeded: {
    grpc: 4,
    http: 504,
    retry: false,
    meaning: "The deadline passed while waiting or computing.",
  },
  not_found: { grpc: 5, http: 404, retry: false, meaning: "No such model, version, route or file." },
  already_exists: {
    grpc: 6,
    http: 409,
    retry: false,
    meaning: "The name is taken, or the state is reached already.",
  },
  permission_denied: {
    grpc: 7,
    http: 403,
    retry: false,
    meaning: "The server does not do this for this caller.",
  },
  resource_exhausted: {
    grpc: 8,
    http: 429,
    retry: true,
    meaning: "More than a queue, rate or quota allows; come back after Retry-After.",
  },
  disk_full: {
    grpc: 8,
    http: 507,
    retry: false,
    meaning: "The server has no room left on its disk; nothing was changed.",
  },
  too_large: { grpc: 8, http: 413, retry: false, meaning: "Body, tensor or header above its limit." },
  failed_precondition: {
    grpc: 9,
    http: 400,
    retry: false,
    meaning: "The model or server is not in a state that allows this.",
  },
  aborted: {
    grpc: 10,
    http: 412,
    retry: false,
    meaning: "It was changed meanwhile: If-Match names another revision than the one in force.",
  },
  unimplemented: { grpc: 12, http: 501, retry: false, meaning: "Known, and not supported by this server." },
  internal: { grpc: 13, http: 500, retry: false, meaning: "A fault of the server or of the model itself." },
  unavailable: {
    grpc: 14,
    http: 503,
    retry: true,
    meaning: "Loading, draining or stopping; come back soon.",
  },
  unauthenticated: { grpc: 16, http: 401, retry: false, meaning: "No valid credentials." },
} as const satisfies Record<string, { grpc: number; http: number; retry: boolean; meaning: string }>;

export type ErrorCode = keyof typeof STATUS;

/** What exactly was wrong, for people and programs. Values are printed short and never hold secrets. */
export interface ErrorDetails {
  /** Where: "inputs[0].shape", "column distance", "--port". */
  readonly field?: string;
  /** What came, as text. */
  readonly got?: string;
  /** What would have been right, as text. */
  readonly expected?: string;
  /** What to do next, one sentence. */
  readonly hint?: string;
  /** After how many milliseconds a retry makes sense. */
  readonly retryAfterMs?: number;
}

/** The one error class of the platform: a code for machines, a message for people. */
export class PlatformError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: ErrorOptions & ErrorDetails = {}) {
    const { cause, ...details } = options;
    const limit = Error.stackTraceLimit;
    // A refusal is an answer, not a fault of ours: under overload its stack would cost more than the rest of it.
    if (code !== "internal") Error.stackTraceLimit = 0;
    super(message, cause === undefined ? undefined : { cause });
    Error.stackTraceLimit = limit;
    this.name = "PlatformError";
    this.code = code;
    this.details = details;
  }

  /**
   * Any thrown value as a PlatformError. An abort becomes `cancelled`, a timeout
   * `deadline_exceeded`; everything else becomes `internal` with a fixed message and the
   * original as `cause`, so that a bug's text is logged and never sent to a client.
   */
  static from(thrown: unknown): PlatformError {
    if (thrown instanceof PlatformError) return thrown;
    const name = thrown instanceof Error ? thrown.name : "";
    const [code, message] = INTERRUPTIONS.get(name) ?? ["internal", "internal error"];
    return new PlatformError(code, message, { cause: thrown });
  }
}

/** Names of the errors with which an AbortSignal fires. */
const INTERRUPTIONS = new Map<string, [ErrorCode, string]>([
  ["AbortError", ["cancelled", "request cancelled"]],
  ["TimeoutError", ["deadline_exceeded", "deadline exceeded"]],
]);
