import { systemClock } from "../base/index.ts";
import { type Answer, type ParseJson, readAnswer } from "./answer.ts";
import { attempt, cancelled, type Exchange, type Target } from "./attempt.ts";
import { SirveError } from "./error.ts";

/** How to reach a server. */
export interface ClientOptions {
  /** Address, such as "http://127.0.0.1:8080", perhaps with a path before the API's. */
  readonly url: string;
  /** API key or token; sent as `Authorization: Bearer`. */
  readonly key?: string | undefined;
  /** Longest wait for one call with all its retries, in milliseconds; 30,000 unless told. */
  readonly timeoutMs?: number | undefined;
  /** How often a call that may be repeated is repeated; 3 unless told. */
  readonly retries?: number | undefined;
  /** What asks, instead of the platform's own: one with a proxy, with a client's certificate, for tests. */
  readonly fetch?: typeof fetch | undefined;
  /** Reads JSON instead of `JSON.parse`, which rounds integers beyond 2^53 and knows no NaN. */
  readonly parseJson?: ParseJson | undefined;
}

/** Sends calls to one server; every answer of status 400 or more is thrown as a {@link SirveError}. */
export interface Transport {
  /** Sends a call and reads its whole answer within the call's time. */
  readonly ask: (exchange: Exchange) => Promise<Answer>;
  /** Sends a call whose answer is read as it comes; without a limit on time unless the call has one. */
  readonly open: (exchange: Exchange) => Promise<Response>;
  readonly parseJson: ParseJson;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
const TIMEOUT_MS = 30_000;
const RETRIES = 3;
/** A retry costs one; a success gives a tenth back, so that a server in trouble gets at most a tenth more. */
const BUDGET = 10;

/** A sender to one server, with retries, deadlines and credentials. @throws SirveError if the address is none. */
export function createTransport(options: ClientOptions): Transport {
  const { timeoutMs = TIMEOUT_MS, parseJson = JSON.parse } = options;
  const repeat = createRepeat(options);
  return {
    ask: async (exchange) =>
      repeat(exchange, exchange.timeoutMs ?? timeoutMs, async (reply) =>
        readAnswer(reply, exchange.path, parseJson),
      ),
    open: async (exchange) =>
      repeat(exchange, exchange.timeoutMs ?? Number.POSITIVE_INFINITY, async (reply) => reply),
    parseJson,
  };
}

type Repeat = <T>(exchange: Exchange, ms: number, read: (reply: Response) => Promise<T>) => Promise<T>;

/** Repeats what may be repeated, within the time of a call and the budget of the client. */
function createRepeat({ url, key, retries = RETRIES, fetch: ask = fetch }: ClientOptions): Repeat {
  const target: Target = { ask, base: addressOf(url), key: checkKey(key) };
  let budget = BUDGET;
  return async (exchange, timeoutMs, read) => {
    const { signal, method, isRepeatable = method === "GET" || method === "HEAD" } = exchange;
    const endsAt = systemClock.now() + timeoutMs;
    for (let count = 0; ; count += 1) {
      try {
        const result = await attempt(target, { exchange, endsAt, timeoutMs }, read);
        budget = Math.min(BUDGET, budget + 0.1);
        return result;
      } catch (thrown) {
        const pauseMs =
          isRepeatable && count < retries && budget >= 1 ? pauseAfter(thrown, count) : undefined;
        if (pauseMs === undefined || systemClock.now() + pauseMs > endsAt) throw thrown;
        budget -= 1;
        await pause(pauseMs, signal);
      }
    }
  };
}

/** How long to wait before the next attempt; undefined if repeating cannot help. */
function pauseAfter(thrown: unknown, count: number): number | undefined {
  if (!(thrown instanceof SirveError)) return undefined;
  const { status, code, retryAfterMs } = thrown.details;
  if (retryAfterMs !== undefined && (status === 429 || status === 503)) return retryAfterMs;
  if (status !== 429 && status !== 503 && !(status === 0 && code === "unavailable")) return undefined;
  return Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** count);
}

/** Waits. @throws SirveError `cancelled` at once when `signal` fires. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) throw cancelled(signal.reason);
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      cancel();
      reject(cancelled(signal?.reason));
    };
    const cancel = systemClock.after(ms, () => {
      signal?.removeEventListener("abort", stop);
      resolve();
    });
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** A key that no header carries would be told as a server that does not answer. It is never shown. */
function checkKey(key: string | undefined): string | undefined {
  if (key === undefined || /^[\u0021-\u007e]*$/.test(key)) return key;
  throw new SirveError("the key holds a character that no header carries", {
    status: 0,
    code: "invalid_argument",
    field: "key",
    expected: "one line without spaces",
  });
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
