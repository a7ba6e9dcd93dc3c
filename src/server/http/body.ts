import type { IncomingMessage } from "node:http";
import { type Clock, PlatformError } from "../../base/index.ts";
import type { HttpRoute } from "../../protocols/index.ts";
import type { ByteBudget } from "../byte-budget.ts";
import { Gather } from "../gather.ts";

/** Limits of one body, and where the bytes it holds are counted. */
export interface BodyLimits {
  readonly maxBytes: number;
  readonly budget: ByteBudget;
  /** What to do about a body that is too large; default: the setting that limits it. */
  readonly hint?: string;
}

/** The limits of a route: the server's, or its own. */
export function limitsOf({ maxBytes }: HttpRoute, server: BodyLimits): BodyLimits {
  if (maxBytes === undefined) return server;
  return { ...server, maxBytes, hint: "this route takes no larger ones" };
}

/** Bodies up to this size are not counted in the budget: connections are limited, and so are they. */
const SMALL_BYTES = 65_536;
const EMPTY = new Uint8Array(0);
const RAISE = "send fewer rows per request, or raise http.maxBodyBytes";

/**
 * The bytes that a request announces; undefined if it does not, because it is chunked.
 *
 * @throws PlatformError `too_large` if that is above the limit, `unimplemented` for a coding around the chunks.
 */
export function announcedBytes(request: IncomingMessage, limits: BodyLimits): number | undefined {
  const header = request.headers["content-length"];
  if (header === undefined) {
    const coding = request.headers["transfer-encoding"];
    if (coding === undefined) return 0;
    if (coding.trim().toLowerCase() !== "chunked") throw unknownTransfer(coding);
    return undefined;
  }
  const bytes = Number(header);
  if (bytes > limits.maxBytes) throw bodyTooLarge(bytes, limits);
  return bytes;
}

/** Collects a request's body into one piece of memory, each byte copied once. */
export class BodyReader {
  readonly #request: IncomingMessage;
  readonly #announced: number | undefined;
  readonly #limits: BodyLimits;
  readonly #prefix: number;
  /** Made only for a body that comes in several chunks. */
  #gathered: Gather | undefined;
  #taken = 0;
  #resolve: (body: Uint8Array) => void = () => {};
  #reject: (reason: unknown) => void = () => {};

  /** `alignAfter` names the header that tells after how many bytes numbers begin. */
  constructor(request: IncomingMessage, announced: number | undefined, limits: BodyLimits, alignAfter = "") {
    this.#request = request;
    this.#announced = announced;
    this.#limits = limits;
    const prefix = Number(request.headers[alignAfter] ?? 0);
    this.#prefix = Number.isSafeInteger(prefix) && prefix > 0 ? prefix : 0;
  }

  /** @throws PlatformError `too_large`, `resource_exhausted`, or what {@link BodyReader.fail} was given. */
  read(): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#request.on("data", (chunk: Uint8Array) => this.#add(chunk));
      if (this.#announced === undefined) this.#request.on("end", () => this.#finish());
    });
  }

  /** Gives up waiting. */
  fail(reason: unknown): void {
    this.#reject(reason);
  }

  /** Gives the bytes held back to the budget. */
  release(): void {
    if (this.#taken > 0) this.#limits.budget.release(this.#taken);
    this.#taken = 0;
  }

  /** Gives the memory of a large body back at once: its request is answered. */
  free(): void {
    this.#gathered?.free();
  }

  #add(chunk: Uint8Array): void {
    if (chunk.length === this.#announced) {
      this.#resolve(chunk);
      return;
    }
    this.#gathered ??= new Gather(this.#announced, this.#prefix);
    const gathered = this.#gathered;
    try {
      this.#check(gathered.received + chunk.length);
      gathered.add(chunk);
    } catch (error) {
      this.#stop(error);
      return;
    }
    if (gathered.received === this.#announced) this.#finish();
  }

  #check(received: number): void {
    const { maxBytes, budget } = this.#limits;
    if (received > maxBytes) throw bodyTooLarge(received, this.#limits);
    if (received <= SMALL_BYTES) return;
    budget.take(received - this.#taken);
    this.#taken = received;
  }

  #stop(error: unknown): void {
    this.#request.removeAllListeners("data");
    this.#request.pause();
    this.#gathered?.drop();
    this.#reject(error);
  }

  #finish(): void {
    this.#resolve(this.#gathered?.whole() ?? EMPTY);
  }
}

/**
 * A request's body part by part, no faster than it is read.
 *
 * @throws PlatformError `too_large` once it exceeds the limit; `cancelled` if the client goes away.
 */
export async function* streamBody(
  request: IncomingMessage,
  limits: BodyLimits,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  let received = 0;
  try {
    // `destroyOnReturn: false`: a handler that stops reading still answers on this connection.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      received += chunk.length;
      count(chunk.length);
      if (received > limits.maxBytes) throw bodyTooLarge(received, limits);
      yield chunk;
    }
  } catch (thrown) {
    if (thrown instanceof PlatformError) throw thrown;
    throw new PlatformError("cancelled", "the client went away while sending", { cause: thrown });
  }
}

/** The same parts; the connection is cut where one is not there in time. */
export async function* paced(
  parts: AsyncGenerator<Uint8Array, void, undefined>,
  request: IncomingMessage,
  { clock, stallMs }: { readonly clock: Clock; readonly stallMs: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (;;) {
      // Only the client is timed, not whoever takes the parts.
      const cancel = clock.after(stallMs, () => request.destroy(tooSlow(stallMs)));
      const { value } = await parts.next().finally(cancel);
      if (!value) return;
      yield value;
    }
  } finally {
    await parts.return();
  }
}

function tooSlow(stallMs: number): PlatformError {
  return new PlatformError("deadline_exceeded", `no part of the body came for ${stallMs} ms`, {
    field: "body",
    hint: "an interrupted upload goes on where it stands",
  });
}

/** @see RFC 9112, section 6.1. */
function unknownTransfer(coding: string): PlatformError {
  const got = coding.slice(0, 100);
  return new PlatformError("unimplemented", `transfer-encoding "${got}" is not supported, expected chunked`, {
    field: "Transfer-Encoding",
    got,
    expected: "chunked",
    hint: "compress with Content-Encoding",
  });
}

function bodyTooLarge(bytes: number, { maxBytes, hint = RAISE }: BodyLimits): PlatformError {
  return new PlatformError("too_large", `the body has ${bytes} bytes, more than the ${maxBytes} allowed`, {
    field: "body",
    got: `${bytes} bytes`,
    expected: `at most ${maxBytes} bytes`,
    hint,
  });
}
