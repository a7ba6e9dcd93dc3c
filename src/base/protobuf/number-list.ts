import type { Reader } from "./reader.ts";
import type { ScalarType } from "./scalar.ts";

/** Typed arrays that hold repeated numbers. */
export type Numbers =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Uint8Array;

/** How repeated numbers of one type are kept. */
export interface NumberStorage {
  readonly type: ScalarType;
  readonly create: (length: number) => Numbers;
  /** A view of bytes; for types whose wire form is their memory. */
  readonly view?: (buffer: ArrayBufferLike, byteOffset: number, length: number) => Numbers;
  readonly elementBytes: number;
  readonly empty: Numbers;
}

type NumbersClass = {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): Numbers;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): Numbers;
};

function storageOf(type: ScalarType, Class: NumbersClass, isMemory = false): NumberStorage {
  return {
    type,
    create: (length) => new Class(length),
    ...(isMemory && { view: (buffer, at, length) => new Class(buffer, at, length) }),
    elementBytes: Class.BYTES_PER_ELEMENT,
    empty: new Class(0),
  };
}

/** Storage by type. Sirve runs on little-endian machines, whose memory is the wire's fixed form. */
export const NUMBER_STORAGE: Readonly<Partial<Record<ScalarType, NumberStorage>>> = {
  double: storageOf("double", Float64Array, true),
  float: storageOf("float", Float32Array, true),
  int32: storageOf("int32", Int32Array),
  sint32: storageOf("sint32", Int32Array),
  sfixed32: storageOf("sfixed32", Int32Array, true),
  uint32: storageOf("uint32", Uint32Array),
  fixed32: storageOf("fixed32", Uint32Array, true),
  int64: storageOf("int64", BigInt64Array),
  sint64: storageOf("sint64", BigInt64Array),
  sfixed64: storageOf("sfixed64", BigInt64Array, true),
  uint64: storageOf("uint64", BigUint64Array),
  fixed64: storageOf("fixed64", BigUint64Array, true),
  bool: storageOf("bool", Uint8Array),
};

/** Repeated numbers while a message is read: packed pieces and single elements, in order. */
export class NumberList {
  readonly #storage: NumberStorage;
  #data: Numbers;
  #length = 0;
  /** Whether `#data` is memory of the input, which must not be written. */
  #isView = false;
  /** 64-bit elements as pairs of halves, so that no bigint is made. */
  #halves: Int32Array | undefined;

  constructor(storage: NumberStorage, existing: Numbers = storage.empty) {
    this.#storage = storage;
    this.#data = existing;
    this.#length = existing.length;
    this.#isView = true;
  }

  /** Everything read, in an array of exactly its length. */
  result(): Numbers {
    return this.#data.length === this.#length ? this.#data : this.#data.subarray(0, this.#length);
  }

  /** Reads elements that stand alone: one, and those after it that have the same tag. */
  readSingles(reader: Reader, tag: number): void {
    do {
      if (this.#isView || this.#length === this.#data.length) this.#reserve(1, this.#spare(reader));
      this.#read(reader);
    } while (reader.repeats(tag));
  }

  /** Room for what may follow: each element takes at least two bytes with its tag. */
  #spare(reader: Reader): number {
    return Math.min((reader.end - reader.at) >> 1, Math.max(64, 3 * this.#length));
  }

  /** Reads a packed piece that ends at `end`. */
  readPacked(reader: Reader, end: number): void {
    const { view, elementBytes } = this.#storage;
    const size = end - reader.at;
    if (view === undefined) {
      this.#reserve(countVarints(reader.bytes, reader.at, end), this.#length);
      const outer = reader.end;
      reader.end = end;
      while (reader.at < end) this.#read(reader);
      reader.end = outer;
      return;
    }
    if (size % elementBytes !== 0) throw reader.malformed(`${size} packed bytes are not whole elements`);
    if (this.#length === 0) this.#adopt(reader, size);
    else {
      this.#reserve(size / elementBytes, this.#length);
      const to = new Uint8Array(this.#data.buffer, this.#data.byteOffset + this.#length * elementBytes, size);
      to.set(reader.bytes.subarray(reader.at, end));
    }
    this.#length += size / elementBytes;
    reader.at = end;
  }

  /** The first piece: a view of the input where its alignment allows, else a copy. */
  #adopt(reader: Reader, size: number): void {
    const { view, elementBytes } = this.#storage;
    let { buffer, byteOffset } = reader.bytes;
    byteOffset += reader.at;
    this.#isView = byteOffset % elementBytes === 0;
    if (!this.#isView) {
      // Not slice(): that of a Buffer is a view.
      buffer = Uint8Array.from(reader.bytes.subarray(reader.at, reader.at + size)).buffer;
      byteOffset = 0;
    }
    this.#data = view?.(buffer, byteOffset, size / elementBytes) ?? this.#data;
    this.#halves = undefined;
  }

  #reserve(more: number, spare: number): void {
    const needed = this.#length + more;
    if (needed <= this.#data.length && !this.#isView) return;
    const grown = this.#storage.create(needed + spare);
    (grown as Uint8Array).set(this.#data.subarray(0, this.#length) as Uint8Array); // One storage on both sides.
    this.#data = grown;
    this.#isView = false;
    this.#halves = this.#storage.elementBytes === 8 ? new Int32Array(grown.buffer) : undefined;
  }

  #read(reader: Reader): void {
    const { type } = this.#storage;
    const at = this.#length++;
    if (type === "float" || type === "double") {
      this.#data[at] = type === "float" ? reader.float() : reader.double();
      return;
    }
    readBits(reader, type);
    if (this.#halves) {
      this.#halves[2 * at] = reader.low;
      this.#halves[2 * at + 1] = reader.high;
    } else {
      this.#data[at] = type === "bool" ? Number((reader.low | reader.high) !== 0) : reader.low;
    }
  }
}

function readBits(reader: Reader, type: ScalarType): void {
  if (type === "fixed32" || type === "sfixed32") reader.fixed32();
  else if (type === "fixed64" || type === "sfixed64") reader.fixed64();
  else reader.varint();
  if (type === "sint32") reader.low = (reader.low >>> 1) ^ -(reader.low & 1);
  else if (type === "sint64") reader.unzigzag();
}

/** Varints between two positions: each ends with a byte below 0x80. */
function countVarints(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) if ((bytes[at] ?? 0) < 0x80) count += 1;
  return count;
}
