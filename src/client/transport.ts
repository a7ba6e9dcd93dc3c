import { systemClock } from "../base/index.ts";
import { errorOf, SirveError } from "./error.ts";

/** How to reach a server. */
export interface ClientOptions {
  /** Address, such as "http://127.0.0.1:8080", perhaps with a path before the API's. */
  readonly url: string;
  /** API key or token; sent as `Authorization: Bearer`. */
  readonly key?: string | undefined;
  /** Longest wait for one call with all its retries, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** How often a call that may be repeated is repeated. */
  readonly retries?: number | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/** One call. */
export interface Exchange {
  readonly method: string;
  /** Path and query below the server's address. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: RequestInit["body"];
  /** Whether repeating it does no harm. */
  readonly isRepeatable: boolean;
  /** Streams and transfers have no limit on time. */
  readonly isEndless?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Sends calls; every answer of status 400 or more is thrown as a {@link SirveError}. */
export type Send = (exchange: Exchange) => Promise<Response>;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** A retry costs one; a success gives a tenth back, so that a server in trouble gets at most a tenth more. */
const BUDGET = 10;

/** A sender to one server, with retries, deadline and credentials. */
export function createSend(options: ClientOptions): Send {
  const base = addressOf(options.url);
  const { timeoutMs = 30_000, retries = 3, fetch: ask = fetch } = options;
  let budget = BUDGET;
  return async (exchange) => {
    const endsAt = exchange.isEndless ? Number.POSITIVE_INFINITY : systemClock.now() + timeoutMs;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const reply = await once({ ask, base, key: options.key, exchange, endsAt });
        budget = Math.min(BUDGET, budget + 0.1);
        return reply;
      } catch (thrown) {
        const pauseMs = pauseAfter(thrown, attempt);
        const isWanted = exchange.isRepeatable && !(exchange.signal?.aborted ?? false);
        const mayRetry = isWanted && attempt < retries && budget >= 1;
        if (!mayRetry || pauseMs === undefined) throw thrown;
        if (systemClock.now() + pauseMs > endsAt) throw thrown;
        budget -= 1;
        await pause(pauseMs);
      }
    }
  };
}

interface Attempt {
  readonly ask: typeof fetch;
  readonly base: string;
  readonly key: string | undefined;
  readonly exchange: Exchange;
  readonly endsAt: number;
}

async function once({ ask, base, key, exchange, endsAt }: Attempt): Promise<Response> {
  const leftMs = endsAt - systemClock.now();
  const signals = exchange.signal ? [exchange.signal] : [];
  const isLimited = Number.isFinite(leftMs);
  if (isLimited) signals.push(AbortSignal.timeout(Math.max(1, Math.ceil(leftMs))));
  const init = {
    method: exchange.method,
    headers: {
      ...(key !== undefined && key !== "" && { authorization: `Bearer ${key}` }),
      ...(isLimited && { "x-sirve-deadline-ms": String(Math.max(1, Math.floor(leftMs))) }),
      ...exchange.headers,
    },
    ...(exchange.body !== undefined && { body: exchange.body }),
    ...(exchange.body instanceof ReadableStream && { duplex: "half" as const }),
    ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
  };
  const reply = await asked(ask, base, exchange.path, init);
  if (reply.status >= 400) throw await errorOf(reply, exchange.path);
  return reply;
}

async function asked(ask: typeof fetch, base: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await ask(base + path, init);
  } catch (cause) {
    throw unanswered(cause, base);
  }
}

/** How long to wait before the next attempt; undefined if repeating cannot help. */
function pauseAfter(thrown: unknown, attempt: number): number | undefined {
  if (!(thrown instanceof SirveError)) return undefined;
  const { status, code, retryAfterMs } = thrown.details;
  if (retryAfterMs !== undefined && (status === 429 || status === 503)) return retryAfterMs;
  if (status !== 429 && status !== 503 && !(status === 0 && code === "unavailable")) return undefined;
  return Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
}

const pause = async (ms: number) =>
  new Promise<void>((resolve) => {
    systemClock.after(ms, resolve);
  });

function unanswered(cause: unknown, base: string): SirveError {
  const name = cause instanceof Error ? cause.name : "";
  if (name === "TimeoutError") {
    const hint = "give it more time, or see what it does with sirve top";
    return new SirveError(
      `${base} did not answer in time`,
      { status: 0, code: "deadline_exceeded", hint },
      cause,
    );
  }
  if (name === "AbortError") return new SirveError("cancelled", { status: 0, code: "cancelled" }, cause);
  return new SirveError(`no server answers at ${base} (${reasonOf(cause)})`, {
    status: 0,
    code: "unavailable",
    hint: "start one with sirve serve, or name another with --url",
  });
}

function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  if (!(cause instanceof Error)) return String(cause);
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
}

function addressOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed && /^https?:$/.test(parsed.protocol)) return parsed.origin + parsed.pathname.replace(/\/$/, "");
  throw new SirveError("url is no address of a server", {
    status: 0,
    code: "invalid_argument",
    field: "url",
    got: url,
    expected: "http://HOST:PORT",
  });
}
