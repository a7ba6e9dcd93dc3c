import type { ServerHttp2Stream } from "node:http2";
import { PlatformError } from "../../base/index.ts";
import { unpack } from "./compression.ts";
import { type Frame, FrameReader, type MessageLimits } from "./frames.ts";

/** The messages that one call sends, decompressed. */
export class Incoming {
  readonly #stream: ServerHttp2Stream;
  readonly #limits: MessageLimits;
  readonly #encoding: string | undefined;
  readonly #reader: FrameReader;
  readonly #frames: Frame[] = [];
  #reject: (reason: unknown) => void = () => {};
  /** Bytes that came, prefixes included. */
  bytes = 0;

  constructor(stream: ServerHttp2Stream, limits: MessageLimits, encoding: string | undefined) {
    this.#stream = stream;
    this.#limits = limits;
    this.#encoding = encoding;
    this.#reader = new FrameReader(limits, (frame) => this.#frames.push(frame));
  }

  /** The one message of a unary call. @throws PlatformError if there are none or several, or as its parts do. */
  async only(): Promise<Uint8Array> {
    await new Promise<void>((resolve, reject) => {
      this.#reject = reject;
      this.#stream.on("data", (chunk: Uint8Array) => this.#push(chunk));
      this.#stream.on("end", resolve);
    });
    this.#checkEnd();
    const [frame] = this.#frames;
    if (!frame || this.#frames.length > 1) throw notOneMessage(this.#frames.length);
    return frame.isCompressed ? await unpack(frame, this.#encoding, this.#limits.maxBytes) : frame.bytes;
  }

  /** The messages of a stream, no faster than they are taken. */
  async *all(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const chunk of this.#stream.iterator({
        destroyOnReturn: false,
      }) as AsyncIterable<Uint8Array>) {
        this.bytes += chunk.length;
        this.#reader.push(chunk);
        for (const frame of this.#frames.splice(0)) {
          yield await unpack(frame, this.#encoding, this.#limits.maxBytes);
        }
      }
    } catch (thrown) {
      if (thrown instanceof PlatformError) throw thrown;
      throw new PlatformError("cancelled", "the client cancelled or went away", { cause: thrown });
    }
    this.#checkEnd();
  }

  /** Gives up waiting for the message of a unary call. */
  fail(reason: unknown): void {
    this.#reject(reason);
  }

  /** The call is over: its bytes are no longer held. */
  release(): void {
    this.#reader.release();
  }

  /** The call has ended well and its answer has left: gives a large message's memory back at once. */
  free(): void {
    this.#reader.free();
  }

  #push(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    try {
      this.#reader.push(chunk);
      if (this.#frames.length > 1) throw notOneMessage(this.#frames.length);
    } catch (error) {
      this.#stream.removeAllListeners("data");
      this.#reject(error);
    }
  }

  #checkEnd(): void {
    // Node ends the data of a cancelled stream as if it were whole.
    if (this.#stream.closed || this.#stream.aborted) {
      throw new PlatformError("cancelled", "the client cancelled or went away");
    }
    if (this.#reader.isBetweenMessages) return;
    throw new PlatformError("invalid_argument", "the call ended in the middle of a message", {
      field: "message",
    });
  }
}

/** @see gRPC status codes, "request cardinality violation". */
const notOneMessage = (count: number) =>
  new PlatformError("unimplemented", "a unary call takes exactly one message", {
    field: "messages",
    got: String(count),
    expected: "1",
  });
