import { PlatformError } from "../../base/index.ts";
import type { ByteBudget } from "../byte-budget.ts";
import { Gather } from "../gather.ts";

/** One message as it came. */
export interface Frame {
  readonly bytes: Uint8Array;
  readonly isCompressed: boolean;
}

/** Limits of the messages of one call, and where the bytes it holds are counted. */
export interface MessageLimits {
  readonly maxBytes: number;
  readonly budget: ByteBudget;
}

const PREFIX_BYTES = 5;
/** Messages up to this size are not counted in the budget: streams are limited, and so are they. */
const SMALL_BYTES = 65_536;
const EMPTY = new Uint8Array(0);

/** Takes the DATA of one call and gives its length-prefixed messages. @see gRPC over HTTP2, "Length-Prefixed-Message". */
export class FrameReader {
  readonly #limits: MessageLimits;
  readonly #onFrame: (frame: Frame) => void;
  /** Made only for a prefix that is cut in two. */
  #prefix: Uint8Array | undefined;
  #prefixLength = 0;
  #isCompressed = false;
  #length = 0;
  #gather: Gather | undefined;
  /** The last large message, given out. */
  #large: Gather | undefined;
  #taken = 0;

  constructor(limits: MessageLimits, onFrame: (frame: Frame) => void) {
    this.#limits = limits;
    this.#onFrame = onFrame;
  }

  /** Whether the bytes so far end with a whole message. */
  get isBetweenMessages(): boolean {
    return this.#prefixLength === 0 && this.#gather === undefined;
  }

  /** @throws PlatformError `too_large`, `resource_exhausted`, or `invalid_argument` for a flag that is none. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      at = this.#gather ? this.#fill(this.#gather, chunk, at) : this.#readPrefix(chunk, at);
    }
  }

  /** Gives the bytes held back to the budget: the messages given out are no longer used. */
  release(): void {
    if (this.#taken > 0) this.#limits.budget.release(this.#taken);
    this.#taken = 0;
  }

  /** Gives the memory of the last large message back: nobody may read it any more. */
  free(): void {
    this.#large?.free();
  }

  #readPrefix(chunk: Uint8Array, from: number): number {
    if (this.#prefixLength > 0 || chunk.length - from < PREFIX_BYTES) return this.#gatherPrefix(chunk, from);
    this.#begin(chunk, from);
    // The usual case: prefix and message in one chunk, without a copy.
    const at = from + PREFIX_BYTES;
    const end = at + this.#length;
    if (end <= chunk.length) {
      this.#end(chunk.subarray(at, end));
      return end;
    }
    this.#gather = new Gather(this.#length);
    return at;
  }

  #gatherPrefix(chunk: Uint8Array, from: number): number {
    const count = Math.min(PREFIX_BYTES - this.#prefixLength, chunk.length - from);
    this.#prefix ??= new Uint8Array(PREFIX_BYTES);
    this.#prefix.set(chunk.subarray(from, from + count), this.#prefixLength);
    this.#prefixLength += count;
    if (this.#prefixLength === PREFIX_BYTES) {
      this.#begin(this.#prefix, 0);
      if (this.#length === 0) this.#end(EMPTY);
      else this.#gather = new Gather(this.#length);
    }
    return from + count;
  }

  #begin(bytes: Uint8Array, at: number): void {
    const flag = bytes[at] as number;
    if (flag > 1) {
      const details = { field: "message flag", got: String(flag), expected: "0 or 1" };
      throw new PlatformError(
        "invalid_argument",
        "a message does not begin with a compression flag",
        details,
      );
    }
    const [a, b, c, d] = [bytes[at + 1], bytes[at + 2], bytes[at + 3], bytes[at + 4]] as [
      number,
      number,
      number,
      number,
    ];
    this.#isCompressed = flag === 1;
    this.#length = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
    if (this.#length > this.#limits.maxBytes) throw messageTooLarge(this.#length, this.#limits.maxBytes);
    this.#prefixLength = 0;
  }

  #fill(gather: Gather, chunk: Uint8Array, at: number): number {
    const count = Math.min(this.#length - gather.received, chunk.length - at);
    if (this.#length > SMALL_BYTES) {
      this.#limits.budget.take(count);
      this.#taken += count;
    }
    gather.add(chunk.subarray(at, at + count));
    if (gather.received === this.#length) {
      if (this.#length > SMALL_BYTES) this.#large = gather;
      this.#end(gather.whole());
    }
    return at + count;
  }

  #end(bytes: Uint8Array): void {
    this.#gather = undefined;
    this.#onFrame({ bytes, isCompressed: this.#isCompressed });
  }
}

export type Message = Uint8Array | readonly Uint8Array[];

/** Messages up to this size are sent as one piece of memory with their prefix. */
const ONE_PIECE_BYTES = 16_384;

/** A message with its prefix, as pieces to be written in order; large ones are not copied. */
export function encodeFrame(message: Message, maxBytes: number): readonly Uint8Array[] {
  const parts = isParts(message) ? message : [message];
  let length = 0;
  for (const part of parts) length += part.length;
  if (length > maxBytes) throw answerTooLarge(length, maxBytes);
  const isSmall = length <= ONE_PIECE_BYTES;
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + (isSmall ? length : 0));
  frame[0] = 0;
  frame.writeUInt32BE(length, 1);
  if (!isSmall) return [frame, ...parts];
  let at = PREFIX_BYTES;
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  return [frame];
}

const isParts = (message: Message): message is readonly Uint8Array[] => Array.isArray(message);

function messageTooLarge(bytes: number, maxBytes: number): PlatformError {
  return new PlatformError("too_large", `the message has ${bytes} bytes, more than the ${maxBytes} allowed`, {
    field: "message",
    got: `${bytes} bytes`,
    expected: `at most ${maxBytes} bytes`,
    hint: "send fewer rows per request, or raise grpc.maxMessageBytes",
  });
}

const answerTooLarge = (bytes: number, maxBytes: number) =>
  new PlatformError(
    "too_large",
    `Response has byte size ${bytes} which exceeds gRPC's byte size limit ${maxBytes}.`,
    {
      field: "response",
      got: `${bytes} bytes`,
      expected: `at most ${maxBytes} bytes`,
      hint: "ask for fewer rows or outputs, or raise grpc.maxMessageBytes",
    },
  );
