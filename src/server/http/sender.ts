import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpReply } from "../../protocols/index.ts";
import {
  endWith,
  isStreamed,
  partsOf,
  type ReplyExtras,
  sizeOf,
  type WholeBody,
  writeHead,
  writeParts,
} from "./reply.ts";
import type { HttpService } from "./service.ts";

/** An unread body up to this size is read and dropped, so that the connection can go on. */
const DROP_BYTES = 65_536;
/** How long a connection that is to be closed takes what its client still sends, so that the reply arrives. */
const LINGER_MS = 1000;
const CLIENT_GONE = 499;

export interface SenderFacts {
  readonly requestId: string;
  readonly trace: string;
  readonly more: readonly string[] | undefined;
  /** The client waits for "100 Continue" before it sends its body. */
  readonly awaitsContinue: boolean;
}

/** Sends the one reply of a request, no faster than its client takes it. */
export class Sender {
  readonly #service: HttpService;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #facts: SenderFacts;
  #hasContinued = false;
  #hasBody = false;
  #isGone = false;
  #wake: (() => void) | undefined;
  /** Status sent; 0 before. */
  status = 0;
  /** Bytes of body sent or queued. */
  bytes = 0;

  constructor(service: HttpService, request: IncomingMessage, response: ServerResponse, facts: SenderFacts) {
    this.#service = service;
    this.#request = request;
    this.#response = response;
    this.#facts = facts;
  }

  /** Whether a reply was begun, or nobody is there to take one. */
  get isDone(): boolean {
    return this.status !== 0;
  }

  /** Lets a client that asked before it sends its body do so. */
  sendContinue(): void {
    if (!this.#facts.awaitsContinue || this.#hasContinued) return;
    this.#hasContinued = true;
    this.#response.writeContinue();
  }

  /** The whole body has come, although the parser has not said so yet. */
  bodyCame(): void {
    this.#hasBody = true;
  }

  /** Whether its client is gone, or was cut off. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Nobody takes a reply any more. */
  clientGone(): void {
    this.#isGone = true;
    if (this.status === 0) this.status = CLIENT_GONE;
    this.#wake?.();
  }

  /** Closes the connection: what was sent so far is no whole reply. */
  abort(): void {
    this.clientGone();
    this.#response.destroy();
  }

  /** Calls `done` once the reply has left; never if it does not. */
  whenSent(done: () => void): void {
    if (this.#response.writableFinished) done();
    else this.#response.once("finish", done);
  }

  /** Sends a whole reply at once; for a streamed one, resolves when it is sent. Does nothing once {@link isDone}. */
  send(reply: HttpReply): Promise<void> | undefined {
    const { body } = reply;
    if (this.isDone) return isStreamed(body) ? dispose(body) : undefined;
    this.status = reply.status;
    const close = this.#mustClose();
    const isHead = this.#request.method === "HEAD";
    const { requestId, trace, more } = this.#facts;
    const extras: ReplyExtras = { requestId, trace, close, ...(more && { more }) };
    if (isStreamed(body)) {
      writeHead(this.#response, reply, undefined, extras);
      return isHead ? this.#endEmpty(body) : this.#stream(body);
    }
    const bytes = sizeOf(body);
    writeHead(this.#response, reply, bytes, extras);
    if (isHead) this.#response.end();
    else this.#sendWhole(body, bytes, close);
    return undefined;
  }

  #sendWhole(body: WholeBody, bytes: number, close: boolean): void {
    this.bytes = bytes;
    if (close && this.#hasUnread()) {
      writeParts(this.#response, partsOf(body), bytes);
      this.#linger();
      return;
    }
    endWith(this.#response, body, bytes);
    const pending = this.#response.socket?.writableLength ?? 0;
    if (pending > 0) this.#guardStall();
  }

  /** The client has this long to take what is queued. */
  #guardStall(): void {
    const cancel = this.#service.clock.after(this.#service.stallMs, () => this.#response.destroy());
    this.#response.once("close", cancel);
  }

  async #endEmpty(body: AsyncIterable<Uint8Array>): Promise<void> {
    this.#response.end();
    await dispose(body);
  }

  async #stream(body: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of body) {
      if (this.#isGone) return;
      if (chunk.length === 0) continue;
      this.bytes += chunk.length;
      if (!this.#response.write(chunk)) await this.#drained();
    }
    if (this.#isGone) return;
    this.#response.end();
    this.#guardStall();
  }

  /** Resolves when the client took what is queued, or is gone. */
  #drained(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#service.clock.after(this.#service.stallMs, () => this.#response.destroy());
    const wake = () => {
      cancel();
      this.#response.off("drain", wake);
      this.#wake = undefined;
      resolve();
    };
    this.#wake = wake;
    this.#response.once("drain", wake);
    return promise;
  }

  /** Whether the connection cannot go on after this reply. */
  #mustClose(): boolean {
    if (this.#service.isClosing) return true;
    if (!this.#hasUnread()) return false;
    const length = this.#request.headers["content-length"];
    const isBegun = this.#request.readableFlowing !== null;
    const isWaiting = this.#facts.awaitsContinue && !this.#hasContinued;
    return isBegun || isWaiting || length === undefined || Number(length) > DROP_BYTES;
  }

  /** Whether there is a body that has not wholly come. */
  #hasUnread(): boolean {
    const { complete, headers } = this.#request;
    if (complete || this.#hasBody) return false;
    const length = headers["content-length"];
    return headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
  }

  /**
   * The reply is queued; closing now, with bytes of the body unread, would make the kernel reset
   * the connection and lose it. So what still comes is dropped for a moment.
   *
   * @see RFC 9112, section 9.6.
   */
  #linger(): void {
    const end = () => {
      cancel();
      this.#response.end();
    };
    const cancel = this.#service.clock.after(LINGER_MS, end);
    this.#request.once("end", end).once("close", end);
    this.#request.resume();
  }
}

/** Ends an iterable that nobody will read. */
async function dispose(body: AsyncIterable<Uint8Array>): Promise<void> {
  await body[Symbol.asyncIterator]().return?.();
}
