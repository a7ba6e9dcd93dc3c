import { type Deadline, PlatformError } from "../base/index.ts";
import type { Caller, RequestContext } from "../model/index.ts";

const NO_PARAMETERS: ReadonlyMap<string, string> = new Map();
const PRIORITY = /^-?[0-9]{1,9}$/;

/** Headers or metadata by lower-cased name. */
export type HeaderFields = Readonly<Record<string, string | undefined>>;

export interface ContextParts {
  readonly requestId: string;
  readonly caller: Caller;
  readonly deadline: Deadline;
  readonly headers: HeaderFields;
  /** `traceparent` of this server's span; "" if there is none. */
  readonly trace: string;
}

/** @throws PlatformError `invalid_argument` if `x-sirve-priority` is no integer. */
export function createContext({ requestId, caller, deadline, headers, trace }: ContextParts): RequestContext {
  const priority = headers["x-sirve-priority"];
  const splitKey = headers["x-split-key"];
  return {
    requestId,
    deadline,
    caller,
    priority: priority === undefined ? 0 : parsePriority(priority),
    parameters: NO_PARAMETERS,
    trace,
    headers,
    splitKey: splitKey === undefined || splitKey === "" ? requestId : splitKey,
  };
}

/**
 * The time a request may take, in milliseconds: what the client asks for, at most the server's
 * limit (0: none); Infinity if neither says anything.
 *
 * @throws PlatformError `invalid_argument` if the client's wish is no positive number.
 */
export function chooseDeadlineMs(limitMs: number, asked: string | undefined): number {
  const limit = limitMs > 0 ? limitMs : Number.POSITIVE_INFINITY;
  if (asked === undefined) return limit;
  const ms = Number(asked);
  if (asked.trim() !== "" && ms > 0) return Math.min(limit, ms);
  throw invalid("x-sirve-deadline-ms", asked, "a number of milliseconds above 0");
}

function parsePriority(text: string): number {
  if (PRIORITY.test(text)) return Number(text);
  throw invalid("x-sirve-priority", text, "an integer; 0 is the default, larger is first");
}

function invalid(field: string, got: string, expected: string): PlatformError {
  const shown = got.slice(0, 100);
  return new PlatformError("invalid_argument", `${field} is "${shown}", expected ${expected}`, {
    field,
    got: shown,
    expected,
  });
}
