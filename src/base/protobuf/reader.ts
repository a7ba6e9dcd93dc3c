import { malformed } from "./malformed.ts";

/** Strings up to this length are read byte by byte as long as they are ASCII. */
const SHORT_TEXT = 32;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const scratch = new BigInt64Array(1);
const unsignedScratch = new BigUint64Array(scratch.buffer);
const words = new Int32Array(scratch.buffer);

/** A cursor over bytes that reads the primitives of the wire and never passes `end`. */
export class Reader {
  readonly bytes: Uint8Array;
  /** Position of the next byte. */
  at = 0;
  /** End of the message being read. */
  end: number;
  /** The last 64-bit value read, in two halves. */
  low = 0;
  high = 0;
  /** What is being read, for messages to people. */
  path = "";
  /** How many more messages, map entries and byte strings may be made. */
  budget: number;
  #view: DataView | undefined;

  constructor(bytes: Uint8Array, budget: number) {
    this.bytes = bytes;
    this.end = bytes.length;
    this.budget = budget;
  }

  /** The error to throw for what is wrong here. */
  malformed(problem: string): Error {
    return malformed(problem, this.path);
  }

  /** Takes objects out of the budget, so that a few bytes cannot become a heap of objects. */
  spend(parts = 1): void {
    this.budget -= parts;
    if (this.budget < 0) throw this.malformed("too many parts");
  }

  /** Reads a varint of up to 64 bits into `low` and `high`. */
  varint(): void {
    const first = this.at < this.end ? (this.bytes[this.at] ?? 0x80) : 0x80;
    if (first >= 0x80) {
      this.#longVarint();
      return;
    }
    this.at += 1;
    this.low = first;
    this.high = 0;
  }

  #longVarint(): void {
    const { bytes, end } = this;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= end) throw this.malformed("ends within a varint");
      const byte = bytes[this.at++] ?? 0;
      const seven = byte & 0x7f;
      if (shift < 32) low |= seven << shift;
      if (shift === 28) high = seven >>> 4;
      else if (shift > 28) high |= seven << (shift - 32);
      if (byte < 0x80) {
        this.low = low;
        this.high = high;
        return;
      }
    }
    throw this.malformed("a varint is longer than 10 bytes");
  }

  /** Reads a tag: an unsigned number below 2^32. */
  tag(): number {
    const byte = this.at < this.end ? (this.bytes[this.at] ?? 0) : 0x80;
    if (byte < 0x80) {
      this.at += 1;
      return byte;
    }
    this.varint();
    if (this.high !== 0) throw this.malformed("a field number is too large");
    return this.low >>> 0;
  }

  /**
   * Moves over a tag of one byte if it is next. Files have long rows of single elements, each with
   * its tag.
   */
  repeats(tag: number): boolean {
    if (tag >= 0x80 || this.at >= this.end || this.bytes[this.at] !== tag) return false;
    this.at += 1;
    return true;
  }

  /** Reads a length and checks it against what is left. */
  length(): number {
    const length = this.#shortLength();
    if (length > this.end - this.at) {
      throw this.malformed(`length ${length} passes the end, ${this.end - this.at} bytes are left`);
    }
    return length;
  }

  #shortLength(): number {
    const byte = this.at < this.end ? (this.bytes[this.at] ?? 0) : 0x80;
    if (byte < 0x80) {
      this.at += 1;
      return byte;
    }
    this.varint();
    return this.high === 0 ? this.low >>> 0 : Number.MAX_SAFE_INTEGER;
  }

  /** Moves over bytes whose number {@link Reader.length} has checked. */
  skip(length: number): void {
    this.at += length;
  }

  /** Reads 4 little-endian bytes into `low`. */
  fixed32(): void {
    this.low = this.#dataView(4).getInt32(this.at - 4, true);
  }

  /** Reads 8 little-endian bytes into `low` and `high`. */
  fixed64(): void {
    const view = this.#dataView(8);
    this.low = view.getInt32(this.at - 8, true);
    this.high = view.getInt32(this.at - 4, true);
  }

  float(): number {
    return this.#dataView(4).getFloat32(this.at - 4, true);
  }

  double(): number {
    return this.#dataView(8).getFloat64(this.at - 8, true);
  }

  /** Moves over `size` bytes and returns a view of everything. */
  #dataView(size: number): DataView {
    if (size > this.end - this.at) throw this.malformed(`ends within ${size} fixed bytes`);
    this.at += size;
    const { buffer, byteOffset, byteLength } = this.bytes;
    return (this.#view ??= new DataView(buffer, byteOffset, byteLength));
  }

  /** Bytes with their length before them: a view. */
  byteString(): Uint8Array {
    this.spend();
    const length = this.length();
    const { buffer, byteOffset } = this.bytes;
    this.at += length;
    return new Uint8Array(buffer, byteOffset + this.at - length, length);
  }

  /** Text with its length before it. @throws if it is not UTF-8. */
  text(): string {
    const length = this.length();
    const end = this.at + length;
    if (length <= SHORT_TEXT) {
      const ascii = this.#ascii(end);
      if (ascii !== undefined) return ascii;
    }
    try {
      return utf8.decode(this.bytes.subarray(this.at, end));
    } catch {
      throw this.malformed("text is not UTF-8");
    } finally {
      this.at = end;
    }
  }

  #ascii(end: number): string | undefined {
    let text = "";
    for (let at = this.at; at < end; at++) {
      const byte = this.bytes[at] ?? 0x80;
      if (byte >= 0x80) return undefined;
      text += String.fromCharCode(byte);
    }
    this.at = end;
    return text;
  }

  /** Undoes the zigzag of sint32 and sint64. */
  unzigzag(): void {
    const sign = -(this.low & 1);
    this.low = ((this.low >>> 1) | (this.high << 31)) ^ sign;
    this.high = (this.high >>> 1) ^ sign;
  }

  /** The 64 bits as a signed integer. */
  signedBig(): bigint {
    words[0] = this.low;
    words[1] = this.high;
    return scratch[0] ?? 0n;
  }

  /** The 64 bits as an unsigned integer. */
  unsignedBig(): bigint {
    words[0] = this.low;
    words[1] = this.high;
    return unsignedScratch[0] ?? 0n;
  }

  /** The 64 bits as a number. @throws if it cannot hold them. */
  safeNumber(high: number): number {
    const value = high * 2 ** 32 + (this.low >>> 0);
    if (!Number.isSafeInteger(value)) throw this.malformed("an integer is beyond 2^53");
    return value;
  }
}
