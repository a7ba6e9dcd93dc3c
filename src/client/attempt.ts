import { systemClock } from "../base/index.ts";
import { errorOf, SirveError } from "./error.ts";

/** One call. */
export interface Exchange {
  readonly method: string;
  /** Path and query below the server's address. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: RequestInit["body"];
  /** Whether repeating it does no harm. Unless told: what HTTP says of GET and HEAD. */
  readonly isRepeatable?: boolean | undefined;
  /** Longest wait, with all retries, instead of the client's. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The server that is asked, and how. */
export interface Target {
  readonly ask: typeof fetch;
  /** Address without a slash at its end. */
  readonly base: string;
  readonly key: string | undefined;
}

/** One attempt at a call, with all the time that it has. */
export interface Attempt {
  readonly exchange: Exchange;
  /** On the clock of this process; infinite for none. */
  readonly endsAt: number;
  /** What the caller gave the call, for the message. */
  readonly timeoutMs: number;
}

/**
 * Asks once and has `read` take the answer, both within the time that is left.
 *
 * @throws SirveError for every failure: the server's words, or that none answered.
 */
export async function attempt<T>(
  { ask, base, key }: Target,
  { exchange, endsAt, timeoutMs }: Attempt,
  read: (reply: Response) => Promise<T>,
): Promise<T> {
  const { path, signal } = exchange;
  const leftMs = endsAt - systemClock.now();
  const late = Number.isFinite(leftMs) ? AbortSignal.timeout(Math.max(1, Math.ceil(leftMs))) : undefined;
  const signals = [signal, late].filter((one) => one !== undefined);
  const init = {
    ...initOf(exchange, key, leftMs),
    ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
  };
  try {
    const reply = await ask(base + path, init);
    if (reply.status >= 400) throw await errorOf(reply, path);
    return await read(reply);
  } catch (thrown) {
    if (thrown instanceof SirveError) throw thrown;
    if (signal?.aborted) throw cancelled(thrown);
    throw late?.aborted ? tooLate(base, timeoutMs, thrown) : unanswered(base, thrown);
  }
}

function initOf({ method, headers, body }: Exchange, key: string | undefined, leftMs: number): RequestInit {
  return {
    method,
    headers: {
      ...(key !== undefined && key !== "" && { authorization: `Bearer ${key}` }),
      ...(Number.isFinite(leftMs) && { "x-sirve-deadline-ms": String(Math.max(1, Math.floor(leftMs))) }),
      ...headers,
    },
    ...(body !== undefined && { body }),
    ...(body instanceof ReadableStream && { duplex: "half" as const }),
  };
}

/** The caller has given up. */
export function cancelled(cause?: unknown): SirveError {
  return new SirveError("cancelled", { status: 0, code: "cancelled" }, cause);
}

function tooLate(base: string, timeoutMs: number, cause: unknown): SirveError {
  const details = { status: 0, code: "deadline_exceeded", field: "timeoutMs", hint: "give it more time" };
  return new SirveError(`${base} did not answer within ${timeoutMs} ms`, details, cause);
}

function unanswered(base: string, cause: unknown): SirveError {
  return new SirveError(
    `no server answers at ${base} (${reasonOf(cause)})`,
    { status: 0, code: "unavailable", field: "url", hint: "does it run, and is that its address?" },
    cause,
  );
}

/** The code that the system has for a failure, or its words. */
export function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  if (!(cause instanceof Error)) return String(cause);
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
}
