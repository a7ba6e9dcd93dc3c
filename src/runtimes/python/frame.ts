import { PlatformError } from "../../base/index.ts";

/** A longer header is refused, on both sides: a thousand tensors with long names. */
const MAX_HEADER_BYTES = 1024 * 1024;
/** A larger payload is refused, on both sides, wherever it lies. */
export const MAX_PAYLOAD_BYTES = 256 * 1024 * 1024;

const HEAD_BYTES = 8;

/** What one side says to the other: JSON that describes, bytes that are described. */
export interface Frame {
  readonly header: unknown;
  readonly payload: Buffer;
}

/** `u32 headerLen | u32 payloadLen | JSON header | payload`, little-endian. The payload is copied. */
export function encodeFrame(header: object, payload: readonly Uint8Array[] = []): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const size = payload.reduce((sum, part) => sum + part.length, 0);
  if (text.length > MAX_HEADER_BYTES) throw tooLarge("header", text.length, MAX_HEADER_BYTES);
  if (size > MAX_PAYLOAD_BYTES) throw tooLarge("payload", size, MAX_PAYLOAD_BYTES);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(text.length, 0);
  head.writeUInt32LE(size, 4);
  return Buffer.concat([head, text, ...payload]);
}

function tooLarge(what: string, got: number, most: number): PlatformError {
  return new PlatformError("too_large", `the batch is too large for the Python process: its ${what} is`, {
    field: what,
    got: `${got} bytes`,
    expected: `${most} bytes at the most`,
  });
}

/** Cuts what comes from a socket into frames. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** Bytes of the frame that is coming; undefined until its head is there. */
  #lengths: { readonly header: number; readonly payload: number } | undefined;

  /** The frames that are whole now. @throws RangeError or SyntaxError if this is not the protocol. */
  push(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Frame | undefined {
    if (!this.#lengths && this.#bytes >= HEAD_BYTES) this.#lengths = lengthsOf(this.#take(HEAD_BYTES));
    if (!this.#lengths || this.#bytes < this.#lengths.header + this.#lengths.payload) return undefined;
    const { header, payload } = this.#lengths;
    this.#lengths = undefined;
    const json: unknown = JSON.parse(this.#take(header).toString("utf8"));
    return { header: json, payload: aligned(this.#take(payload)) };
  }

  #take(count: number): Buffer {
    const all = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    this.#bytes -= count;
    this.#chunks = this.#bytes > 0 ? [all.subarray(count)] : [];
    return all.subarray(0, count);
  }
}

function lengthsOf(head: Buffer): { header: number; payload: number } {
  const lengths = { header: head.readUInt32LE(0), payload: head.readUInt32LE(4) };
  if (lengths.header > MAX_HEADER_BYTES) throw new RangeError(`a header of ${lengths.header} bytes`);
  if (lengths.payload > MAX_PAYLOAD_BYTES) throw new RangeError(`a payload of ${lengths.payload} bytes`);
  return lengths;
}

/** Memory of its own, in which numbers lie where they can be looked at. */
function aligned(bytes: Buffer): Buffer {
  if (bytes.length === 0) return Buffer.alloc(0);
  const own = Buffer.from(new ArrayBuffer(bytes.length));
  own.set(bytes);
  return own;
}
