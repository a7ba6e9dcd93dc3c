/** Byte strings from this size on become chunks of their own instead of being copied. */
const OWN_CHUNK_BYTES = 4096;

/** Where the encoder's walk puts what it finds: first into a {@link Sizer}, then a {@link Writer}. */
export interface Sink {
  varint(low: number, high: number): void;
  fixed32(bits: number): void;
  float(value: number): void;
  double(value: number): void;
  /** Bytes as they are. */
  raw(bytes: Uint8Array): void;
  /** Text with its length before it. */
  text(text: string): void;
  /** Starts something with its length before it; the result goes to {@link Sink.close}. */
  open(): number;
  close(mark: number): void;
}

/** First pass: counts the bytes and remembers every length. */
export class Sizer implements Sink {
  /** Lengths in the order in which the second pass asks for them. */
  readonly lengths: number[] = [];
  total = 0;
  /** Bytes that become chunks of their own. */
  apart = 0;

  varint(low: number, high: number): void {
    this.total += varintBytes(low, high);
  }

  fixed32(): void {
    this.total += 4;
  }

  float(): void {
    this.total += 4;
  }

  double(): void {
    this.total += 8;
  }

  raw(bytes: Uint8Array): void {
    this.total += bytes.length;
    if (bytes.length >= OWN_CHUNK_BYTES) this.apart += bytes.length;
  }

  text(text: string): void {
    const length = Buffer.byteLength(text);
    this.lengths.push(length);
    this.total += varintBytes(length, 0) + length;
  }

  open(): number {
    return this.lengths.push(this.total) - 1;
  }

  close(mark: number): void {
    const length = this.total - (this.lengths[mark] ?? 0);
    this.lengths[mark] = length;
    this.total += varintBytes(length | 0, Math.floor(length / 2 ** 32));
  }
}

/** Second pass: writes into one buffer, or around large byte strings that stay where they are. */
export class Writer implements Sink {
  readonly #lengths: readonly number[];
  readonly #buffer: Buffer;
  readonly #chunks: Uint8Array[] | undefined;
  #nextLength = 0;
  #at = 0;
  #chunkStart = 0;

  constructor(sizer: Sizer, isChunked: boolean) {
    this.#lengths = sizer.lengths;
    this.#buffer = Buffer.allocUnsafe(isChunked ? sizer.total - sizer.apart : sizer.total);
    this.#chunks = isChunked ? [] : undefined;
  }

  /** What was written. */
  chunks(): Uint8Array[] {
    this.#endChunk();
    return this.#chunks ?? [this.#buffer];
  }

  varint(low: number, high: number): void {
    const buffer = this.#buffer;
    let at = this.#at;
    let rest = low >>> 0;
    let upper = high >>> 0;
    while (rest > 0x7f || upper > 0) {
      buffer[at++] = (rest & 0x7f) | 0x80;
      rest = ((rest >>> 7) | (upper << 25)) >>> 0;
      upper >>>= 7;
    }
    buffer[at++] = rest;
    this.#at = at;
  }

  fixed32(bits: number): void {
    this.#at = this.#buffer.writeInt32LE(bits, this.#at);
  }

  float(value: number): void {
    this.#at = this.#buffer.writeFloatLE(value, this.#at);
  }

  double(value: number): void {
    this.#at = this.#buffer.writeDoubleLE(value, this.#at);
  }

  raw(bytes: Uint8Array): void {
    if (this.#chunks && bytes.length >= OWN_CHUNK_BYTES) {
      this.#endChunk();
      this.#chunks.push(bytes);
      return;
    }
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  text(text: string): void {
    this.open();
    this.#at += this.#buffer.write(text, this.#at);
  }

  open(): number {
    const length = this.#lengths[this.#nextLength++] ?? 0;
    this.varint(length | 0, Math.floor(length / 2 ** 32));
    return 0;
  }

  close(): void {}

  #endChunk(): void {
    if (this.#chunks && this.#at > this.#chunkStart) {
      this.#chunks.push(this.#buffer.subarray(this.#chunkStart, this.#at));
    }
    this.#chunkStart = this.#at;
  }
}

/** Bytes of a varint of 64 bits. */
function varintBytes(low: number, high: number): number {
  const upper = high >>> 0;
  if (upper === 0) {
    const rest = low >>> 0;
    if (rest < 0x80) return 1;
    if (rest < 0x4000) return 2;
    if (rest < 0x200000) return 3;
    return rest < 0x10000000 ? 4 : 5;
  }
  return Math.ceil((64 - Math.clz32(upper)) / 7);
}
