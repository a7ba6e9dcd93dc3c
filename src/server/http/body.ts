import type { IncomingMessage } from "node:http";
import { PlatformError } from "../../base/index.ts";
import type { ByteBudget } from "../byte-budget.ts";

/** Limits of one body, and where the bytes it holds are counted. */
export interface BodyLimits {
  readonly maxBytes: number;
  readonly budget: ByteBudget;
}

/** Bodies up to this size are not counted in the budget: connections are limited, and so are they. */
const SMALL_BYTES = 65_536;
/** Memory for an announced body is taken once this part of it has come, so that announcing costs nothing. */
const ALLOCATE_AT = 1 / 16;
const EMPTY = new Uint8Array(0);

/**
 * The bytes that a request announces; undefined if it does not, because it is chunked.
 *
 * @throws PlatformError `too_large` if that is above the limit.
 */
export function announcedBytes(request: IncomingMessage, { maxBytes }: BodyLimits): number | undefined {
  const header = request.headers["content-length"];
  if (header === undefined) return request.headers["transfer-encoding"] === undefined ? 0 : undefined;
  const bytes = Number(header);
  if (bytes > maxBytes) throw bodyTooLarge(bytes, maxBytes);
  return bytes;
}

/** Collects a request's body into one piece of memory, each byte copied once. */
export class BodyReader {
  readonly #request: IncomingMessage;
  readonly #announced: number | undefined;
  readonly #limits: BodyLimits;
  readonly #chunks: Uint8Array[] = [];
  #whole: Uint8Array | undefined;
  #received = 0;
  #taken = 0;
  #resolve: (body: Uint8Array) => void = () => {};
  #reject: (reason: unknown) => void = () => {};

  constructor(request: IncomingMessage, announced: number | undefined, limits: BodyLimits) {
    this.#request = request;
    this.#announced = announced;
    this.#limits = limits;
  }

  /** Bytes that came so far. */
  get received(): number {
    return this.#received;
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

  #add(chunk: Uint8Array): void {
    this.#received += chunk.length;
    if (this.#received === chunk.length && chunk.length === this.#announced) {
      this.#resolve(chunk);
      return;
    }
    try {
      this.#hold(chunk);
    } catch (error) {
      this.#stop(error);
      return;
    }
    if (this.#received === this.#announced) this.#finish();
  }

  #hold(chunk: Uint8Array): void {
    const { maxBytes, budget } = this.#limits;
    if (this.#received > maxBytes) throw bodyTooLarge(this.#received, maxBytes);
    if (this.#received > SMALL_BYTES) {
      budget.take(this.#received - this.#taken);
      this.#taken = this.#received;
    }
    if (this.#whole) this.#whole.set(chunk, this.#received - chunk.length);
    else this.#chunks.push(chunk);
    if (!this.#whole && this.#announced !== undefined && this.#received >= this.#announced * ALLOCATE_AT) {
      this.#whole = join(this.#chunks, this.#announced);
      this.#chunks.length = 0;
    }
  }

  #stop(error: unknown): void {
    this.#request.removeAllListeners("data");
    this.#request.pause();
    this.#chunks.length = 0;
    this.#whole = undefined;
    this.#reject(error);
  }

  #finish(): void {
    this.#resolve(this.#whole ?? join(this.#chunks, this.#received));
  }
}

/**
 * A request's body part by part, no faster than it is read.
 *
 * @throws PlatformError `too_large` once it exceeds the limit; `cancelled` if the client goes away.
 */
export async function* streamBody(
  request: IncomingMessage,
  { maxBytes }: BodyLimits,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  let received = 0;
  try {
    // `destroyOnReturn: false`: a handler that stops reading still answers on this connection.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      received += chunk.length;
      count(chunk.length);
      if (received > maxBytes) throw bodyTooLarge(received, maxBytes);
      yield chunk;
    }
  } catch (thrown) {
    if (thrown instanceof PlatformError) throw thrown;
    throw new PlatformError("cancelled", "the client went away while sending", { cause: thrown });
  }
}

function join(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const [first] = chunks;
  if (!first) return EMPTY;
  if (first.length === bytes) return first;
  const whole = Buffer.allocUnsafeSlow(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function bodyTooLarge(bytes: number, maxBytes: number): PlatformError {
  return new PlatformError("too_large", `the body has ${bytes} bytes, more than the ${maxBytes} allowed`, {
    field: "body",
    got: `${bytes} bytes`,
    expected: `at most ${maxBytes} bytes`,
    hint: "send fewer rows per request, or raise http.maxBodyBytes",
  });
}
