import { damaged } from "../refusal.ts";

/** What UBJSON holds; arrays of numbers are typed arrays. */
export type Ubj = null | boolean | number | string | Numbers | Ubj[] | { [key: string]: Ubj };
export type Numbers = Int8Array | Uint8Array | Int16Array | Int32Array | Float32Array | Float64Array;

const MAX_DEPTH = 64;
/** Arrays, objects and members: each costs far more memory than its bytes. */
const MAX_PARTS = 4_000_000;

interface NumberType {
  readonly bytes: number;
  readonly read: (view: DataView, at: number) => number;
  readonly storage: new (length: number) => Numbers;
}

const TYPES: Readonly<Record<string, NumberType>> = {
  i: { bytes: 1, read: (view, at) => view.getInt8(at), storage: Int8Array },
  U: { bytes: 1, read: (view, at) => view.getUint8(at), storage: Uint8Array },
  I: { bytes: 2, read: (view, at) => view.getInt16(at), storage: Int16Array },
  l: { bytes: 4, read: (view, at) => view.getInt32(at), storage: Int32Array },
  L: { bytes: 8, read: (view, at) => Number(view.getBigInt64(at)), storage: Float64Array },
  d: { bytes: 4, read: (view, at) => view.getFloat32(at), storage: Float32Array },
  D: { bytes: 8, read: (view, at) => view.getFloat64(at), storage: Float64Array },
};

/**
 * Reads UBJSON (Universal Binary JSON, draft 12), as XGBoost writes it.
 *
 * @throws PlatformError `invalid_argument` saying at which byte it is not.
 */
export function readUbjson(bytes: Uint8Array): Ubj {
  const reader = new UbjReader(bytes);
  const value = reader.value(reader.marker(), 0);
  reader.expectEnd();
  return value;
}

class UbjReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #parts = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The next marker; "N" means nothing and is passed over. */
  marker(): string {
    for (;;) {
      this.#need(1);
      const marker = String.fromCharCode(this.#bytes[this.#at++] ?? 0);
      if (marker !== "N") return marker;
    }
  }

  value(marker: string, depth: number): Ubj {
    const type = TYPES[marker];
    if (type) return this.#number(type);
    if (marker === "S") return this.#text();
    if (marker === "C") return String.fromCharCode(this.#number(TYPES["U"] as NumberType));
    if (marker === "Z") return null;
    if (marker === "T" || marker === "F") return marker === "T";
    if (marker !== "[" && marker !== "{") {
      throw this.#wrong(`the marker ${JSON.stringify(marker)}`, "a value");
    }
    if (depth >= MAX_DEPTH) throw this.#wrong(`nesting beyond ${MAX_DEPTH}`, "less");
    return marker === "[" ? this.#array(depth + 1) : this.#object(depth + 1);
  }

  expectEnd(): void {
    if (this.#at < this.#bytes.length) throw this.#wrong("more bytes", "its end");
  }

  #array(depth: number): Ubj {
    const { type, count } = this.#container();
    if (type !== undefined && count !== undefined) return this.#numbers(type, count);
    const items: Ubj[] = [];
    while (items.length !== count) {
      const marker = this.marker();
      if (count === undefined && marker === "]") break;
      this.#part();
      items.push(this.value(marker, depth));
    }
    return items;
  }

  #object(depth: number): Ubj {
    const { type, count } = this.#container();
    if (type !== undefined) throw this.#wrong("an object of one type", "members with their own");
    const members: { [key: string]: Ubj } = Object.create(null) as { [key: string]: Ubj };
    for (let left = count ?? Number.POSITIVE_INFINITY; left > 0; left -= 1) {
      if (count === undefined && this.#peek() === "}") {
        this.#at += 1;
        break;
      }
      this.#part();
      const key = this.#text();
      members[key] = this.value(this.marker(), depth);
    }
    return members;
  }

  /** "$" type and "#" count, which may stand before the items. */
  #container(): { type?: NumberType; count?: number } {
    let type: NumberType | undefined;
    if (this.#peek() === "$") {
      this.#at += 1;
      const marker = this.marker();
      type = TYPES[marker];
      if (!type) throw this.#wrong(`an array of ${JSON.stringify(marker)}`, "one of numbers");
      if (this.#peek() !== "#") throw this.#wrong("a type without a count", "both");
    }
    if (this.#peek() !== "#") return {};
    this.#at += 1;
    const count = this.#length();
    return type ? { type, count } : { count };
  }

  #numbers({ bytes, read, storage }: NumberType, count: number): Numbers {
    this.#need(count * bytes);
    this.#part();
    const values = new storage(count);
    for (let i = 0; i < count; i += 1) values[i] = read(this.#view, this.#at + i * bytes);
    this.#at += count * bytes;
    return values;
  }

  #number({ bytes, read }: NumberType): number {
    this.#need(bytes);
    const value = read(this.#view, this.#at);
    this.#at += bytes;
    return value;
  }

  #length(): number {
    const type = TYPES[this.marker()];
    const length = type ? this.#number(type) : -1;
    if (!Number.isSafeInteger(length) || length < 0) throw this.#wrong(`a length of ${length}`, "0 or more");
    if (length > this.#bytes.length) {
      throw this.#wrong(`a length of ${length}`, "one that the file has room for");
    }
    return length;
  }

  #text(): string {
    const length = this.#length();
    this.#need(length);
    const { buffer, byteOffset } = this.#bytes;
    const text = Buffer.from(buffer, byteOffset + this.#at, length).toString("utf8");
    this.#at += length;
    return text;
  }

  #peek(): string {
    this.#need(1);
    return String.fromCharCode(this.#bytes[this.#at] ?? 0);
  }

  #need(bytes: number): void {
    if (this.#at + bytes > this.#bytes.length) {
      throw this.#wrong("the end of the file", `${bytes} bytes more`);
    }
  }

  #part(): void {
    this.#parts += 1;
    if (this.#parts > MAX_PARTS) throw this.#wrong("too many parts", `at most ${MAX_PARTS}`);
  }

  #wrong(got: string, expected: string) {
    return damaged(`byte ${this.#at}`, got, expected);
  }
}
