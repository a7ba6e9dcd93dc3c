/**
 * Strings of a BYTES tensor, packed: element i is `bytes[offsets[i] … offsets[i + 1])`. Holds any
 * bytes without loss; text is UTF-8. A view of a part shares the bytes (as Apache Arrow's
 * variable-size binary layout does).
 */
export class Strings {
  readonly bytes: Uint8Array;
  /** `length + 1` positions in `bytes`, ascending. */
  readonly offsets: Uint32Array;

  constructor(bytes: Uint8Array, offsets: Uint32Array) {
    this.bytes = bytes;
    this.offsets = offsets;
  }

  /** `length` empty strings. */
  static empty(length: number): Strings {
    return new Strings(new Uint8Array(0), new Uint32Array(length + 1));
  }

  /** Text or byte strings, in order. */
  static from(items: readonly (string | Uint8Array)[]): Strings {
    const offsets = new Uint32Array(items.length + 1);
    let total = 0;
    for (let i = 0; i < items.length; i++) {
      const item = items[i] ?? "";
      total += typeof item === "string" ? Buffer.byteLength(item) : item.length;
      offsets[i + 1] = total;
    }
    const bytes = Buffer.allocUnsafe(total);
    for (let i = 0; i < items.length; i++) {
      const item = items[i] ?? "";
      const at = offsets[i] ?? 0;
      if (typeof item === "string") bytes.write(item, at);
      else bytes.set(item, at);
    }
    return new Strings(bytes, offsets);
  }

  get length(): number {
    return this.offsets.length - 1;
  }

  /** Bytes of all elements together. */
  get byteLength(): number {
    return (this.offsets[this.length] ?? 0) - (this.offsets[0] ?? 0);
  }

  /** Element `index` as bytes: a view, not a copy. */
  bytesAt(index: number): Uint8Array {
    return this.bytes.subarray(this.offsets[index], this.offsets[index + 1]);
  }

  /** Element `index` as text; bytes that are not UTF-8 become U+FFFD. */
  at(index: number): string {
    const { bytes, offsets } = this;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return buffer.toString("utf8", offsets[index], offsets[index + 1]);
  }

  /** Elements `start … end` as a view. */
  subarray(start: number, end: number): Strings {
    return new Strings(this.bytes, this.offsets.subarray(start, end + 1));
  }

  /** All elements as text. */
  toArray(): string[] {
    return Array.from({ length: this.length }, (_, i) => this.at(i));
  }
}
