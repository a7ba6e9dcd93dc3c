import type { ServerHttp2Stream } from "node:http2";
import { constants } from "node:http2";
import type { Clock } from "../../base/index.ts";
import type { GrpcStatus } from "../../protocols/index.ts";
import { ACCEPTED_ENCODINGS } from "./compression.ts";
import { encodeMessage } from "./status.ts";

const HEADERS = {
  ":status": 200,
  "content-type": "application/grpc",
  "grpc-accept-encoding": ACCEPTED_ENCODINGS,
} as const;
const WITH_TRAILERS = { waitForTrailers: true };
const LAST = { endStream: true };
const OK_TRAILERS = { "grpc-status": "0" };

/** How long the rest of a call that is answered already is dropped before it is cut off. */
const LINGER_MS = 1000;

type Fields = Readonly<Record<string, string>>;

/** Sends the headers, messages and trailers of one call. */
export class Answer {
  readonly #stream: ServerHttp2Stream;
  readonly #clock: Clock;
  #trailers: Fields = OK_TRAILERS;
  #wake: (() => void) | undefined;
  /** Bytes of messages queued or sent, prefixes included. */
  bytes = 0;

  constructor(stream: ServerHttp2Stream, clock: Clock) {
    this.#clock = clock;
    this.#stream = stream;
  }

  /** Whether headers were sent. */
  get hasBegun(): boolean {
    return this.#stream.headersSent;
  }

  /** Sends the headers, before the first message. */
  begin(): void {
    if (this.#stream.destroyed || this.#stream.headersSent) return;
    this.#stream.respond(HEADERS, WITH_TRAILERS);
    this.#stream.on("wantTrailers", () => this.#stream.sendTrailers(this.#trailers));
  }

  /** The whole answer of a unary call: one message and status OK. */
  sendOnly(frame: readonly Uint8Array[], trailers: Fields | undefined): void {
    if (this.#stream.destroyed) return;
    if (trailers) this.#trailers = { ...trailers, ...OK_TRAILERS };
    this.begin();
    const [only = new Uint8Array(0)] = frame;
    this.bytes += frame.length === 1 ? only.length : 0;
    if (frame.length === 1) this.#stream.end(only);
    else {
      this.#write(frame);
      this.#stream.end();
    }
  }

  /** One message of several; resolves once the client takes more. */
  async send(frame: readonly Uint8Array[]): Promise<void> {
    if (this.#stream.destroyed) return;
    if (!this.#write(frame)) await this.#drained();
  }

  /** Ends the call after its last message, or without any. */
  end({ code, message }: GrpcStatus, trailers: Fields | undefined): void {
    const stream = this.#stream;
    if (stream.destroyed || stream.writableEnded) return;
    const fields: Record<string, string> = { ...trailers, "grpc-status": String(code) };
    if (message !== "") fields["grpc-message"] = encodeMessage(message);
    if (stream.headersSent) {
      this.#trailers = fields;
      stream.end();
    } else stream.respond({ ...HEADERS, ...fields }, LAST);
    this.#refuseRest();
  }

  /** Answers what is no gRPC with a plain HTTP status. */
  refuse(status: number): void {
    if (this.#stream.destroyed) return;
    this.#stream.respond({ ":status": status, "grpc-accept-encoding": ACCEPTED_ENCODINGS }, LAST);
    this.#refuseRest();
  }

  /** The client is gone: nobody waits any more. */
  gone(): void {
    this.#wake?.();
  }

  /**
   * Drops what a client still sends, and after a moment tells it that nobody reads: at once
   * would overtake the answer.
   *
   * @see RFC 9113, section 8.1.
   */
  #refuseRest(): void {
    const stream = this.#stream;
    if (stream.readableEnded) return;
    stream.resume();
    const cancel = this.#clock.after(LINGER_MS, () => stream.close(constants.NGHTTP2_NO_ERROR));
    stream.once("close", cancel);
  }

  #write(frame: readonly Uint8Array[]): boolean {
    let canGoOn = true;
    this.#stream.cork();
    for (const piece of frame) {
      this.bytes += piece.length;
      canGoOn = this.#stream.write(piece);
    }
    this.#stream.uncork();
    return canGoOn;
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
      this.#stream.once("drain", this.#wake);
    });
  }
}
