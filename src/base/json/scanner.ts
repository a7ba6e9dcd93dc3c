import { PlatformError } from "../error.ts";
import { JsonSpan, type SpannedJson } from "./json.ts";
import { POWERS_OF_TEN } from "./powers.ts";

/** Arrays and objects inside each other, unless said otherwise. */
export const DEFAULT_MAX_DEPTH = 100;

export const QUOTE = 0x22;
export const COMMA = 0x2c;
const MINUS = 0x2d;
export const OPEN_ARRAY = 0x5b;
export const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
/** Arrays, objects and members of objects in one text: each costs far more memory and time than its few bytes. */
const MAX_PARTS = 1_000_000;
/** No element type holds an integer of more digits, and reading one takes more than linear time. */
const MAX_INTEGER_DIGITS = 400;
/** Integers of up to 15 digits are exact in a double, so they are summed up digit by digit. */
const EXACT_DIGITS = 15;
/** From this size on the standard library's own loops are faster than ours. */
export const LONG_BYTES = 256;
/** Slots of the cache of keys and short strings; a power of two. */
const CACHED_STRINGS = 512;
const MAX_CACHED_BYTES = 24;

/** Short texts seen lately, by a hash of their bytes, so that repeated keys cost no new string. */
const seen: string[] = Array.from({ length: CACHED_STRINGS }, () => "");

/**
 * A cursor over the bytes of one JSON text (RFC 8259). The bytes must be valid UTF-8; whoever
 * makes the scanner has checked that. Of duplicate keys the last wins, as in `JSON.parse`.
 */
export class JsonScanner {
  readonly bytes: Buffer;
  at: number;
  /** Whether the last {@link number} was written as an integer, and with how many digits; else 0. */
  integerDigits = 0;
  readonly #maxDepth: number;
  readonly #nonFinite: boolean;
  readonly #spanKey: string | undefined;
  #tokenStart = 0;
  #parts = 0;

  constructor(bytes: Uint8Array, options: { maxDepth?: number; nonFinite?: boolean; spanKey?: string } = {}) {
    this.bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
    this.#maxDepth = options.maxDepth ?? DEFAULT_MAX_DEPTH;
    this.#nonFinite = options.nonFinite ?? false;
    this.#spanKey = options.spanKey;
  }

  /** The one value of the text. @throws PlatformError `invalid_argument`. */
  document(): SpannedJson {
    const value = this.value(0);
    this.skipSpace();
    if (this.at < this.bytes.length) throw this.unexpected("the end of the text");
    return value;
  }

  /** The value at the cursor, inside `depth` arrays and objects. */
  value(depth: number): SpannedJson {
    const byte = this.skipSpace();
    if (byte === QUOTE) return this.string();
    if (byte === OPEN_OBJECT) return this.#object(depth + 1);
    if (byte === OPEN_ARRAY) return this.#array(depth + 1);
    if (isNumberStart(byte)) return this.#losslessNumber();
    return this.#word();
  }

  /** Moves over white space; the byte there, or -1 at the end. */
  skipSpace(): number {
    const byte = this.bytes[this.at];
    return byte !== undefined && byte > 0x20 ? byte : this.#skipSpaces();
  }

  /** The string whose opening quote is at the cursor. */
  string(): string {
    const { bytes } = this;
    const start = this.at + 1;
    let at = start;
    let hash = 0;
    let any = 0;
    let byte = bytes[at] ?? 0;
    while (byte !== QUOTE && byte !== BACKSLASH && byte >= 0x20) {
      any |= byte;
      hash = (hash * 31 + byte) | 0;
      byte = bytes[++at] ?? 0;
    }
    if (byte !== QUOTE) return this.#escapedString(start, at);
    this.at = at + 1;
    if (any >= 0x80) return bytes.toString("utf8", start, at);
    return at - start > MAX_CACHED_BYTES ? bytes.toString("latin1", start, at) : this.#seen(hash, start, at);
  }

  /** Moves past the string whose opening quote is at the cursor; returns whether it has escapes. */
  skipString(): boolean {
    const { bytes } = this;
    let at = this.at + 1;
    let isEscaped = false;
    for (let byte = bytes[at] ?? 0; byte !== QUOTE; byte = bytes[at] ?? 0) {
      if (byte < 0x20) {
        this.at = at;
        throw this.unexpected("a character of a string");
      }
      isEscaped ||= byte === BACKSLASH;
      at += byte === BACKSLASH ? 2 : 1;
    }
    this.at = at + 1;
    return isEscaped;
  }

  /**
   * The number at the cursor as the nearest double, exactly as `JSON.parse` reads it. Up to 15
   * digits and powers of ten up to 22 are exact in doubles, so one multiplication or division
   * rounds correctly (Clinger 1990); the rest is left to the engine.
   */
  number(): number {
    const { bytes } = this;
    this.#tokenStart = this.at;
    const isNegative = bytes[this.at] === MINUS;
    if (isNegative) this.at += 1;
    const first = this.at;
    const mantissa = this.#digits(0);
    const digits = this.at - first;
    if (digits === 0) return this.#wordNumber(isNegative);
    if (digits > 1 && bytes[first] === ZERO) throw this.unexpected("a number without leading zeros");
    const byte = bytes[this.at] ?? 0;
    if (byte === DOT || isExponentMark(byte)) return this.#fraction(mantissa, digits, isNegative);
    this.integerDigits = digits;
    if (digits > EXACT_DIGITS) return Number(this.numberText());
    return isNegative ? -mantissa : mantissa;
  }

  /** The text of the last number. */
  numberText(): string {
    return this.bytes.toString("latin1", this.#tokenStart, this.at);
  }

  /** Moves past the array at the cursor without reading it; its brackets must match, its contents may be anything. */
  skipArray(depth: number): JsonSpan {
    const { bytes } = this;
    const start = this.at;
    if (this.#skipFlatArray()) return new JsonSpan(bytes, start, this.at);
    let open = 0;
    while (this.at < bytes.length) {
      const byte = bytes[this.at] ?? 0;
      if (byte === QUOTE) {
        this.skipString();
        continue;
      }
      this.at += 1;
      if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
        open += 1;
        if (depth + open > this.#maxDepth) throw tooDeep(this.#maxDepth);
      } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
        open -= 1;
        if (open === 0) return new JsonSpan(bytes, start, this.at);
      }
    }
    throw this.unexpected("']'");
  }

  /**
   * Moves past a long array that holds no string, array or object, which is found with four searches
   * of the standard library, each bounded by the array itself. Returns whether it was one.
   */
  #skipFlatArray(): boolean {
    const end = this.bytes.indexOf(CLOSE_ARRAY, this.at);
    if (end - this.at < LONG_BYTES) return false;
    const inner = this.bytes.subarray(this.at + 1, end);
    if (inner.includes(QUOTE) || inner.includes(OPEN_ARRAY) || inner.includes(OPEN_OBJECT)) return false;
    this.at = end + 1;
    return true;
  }

  /** What is wrong at the cursor. */
  unexpected(expected: string): PlatformError {
    const byte = this.bytes[this.at];
    const got = byte === undefined ? "the end of the text" : printByte(byte);
    return new PlatformError(
      "invalid_argument",
      `invalid JSON: got ${got} at byte ${this.at}, expected ${expected}`,
      { field: `byte ${this.at}`, got, expected },
    );
  }

  #skipSpaces(): number {
    const { bytes } = this;
    let { at } = this;
    let byte = bytes[at] ?? -1;
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++at] ?? -1;
    this.at = at;
    return byte;
  }

  #array(depth: number): SpannedJson[] {
    if (depth > this.#maxDepth) throw tooDeep(this.#maxDepth);
    this.#count();
    const items: SpannedJson[] = [];
    this.at += 1;
    if (this.skipSpace() === CLOSE_ARRAY) {
      this.at += 1;
      return items;
    }
    for (;;) {
      items.push(this.value(depth));
      const byte = this.skipSpace();
      if (byte !== COMMA && byte !== CLOSE_ARRAY) throw this.unexpected("',' or ']'");
      this.at += 1;
      if (byte === CLOSE_ARRAY) return items;
    }
  }

  #object(depth: number): SpannedJson {
    if (depth > this.#maxDepth) throw tooDeep(this.#maxDepth);
    this.#count();
    const object: Record<string, SpannedJson> = {};
    this.at += 1;
    if (this.skipSpace() === CLOSE_OBJECT) {
      this.at += 1;
      return object;
    }
    for (;;) {
      if (this.skipSpace() !== QUOTE) throw this.unexpected("'\"'");
      this.#count();
      const key = this.string();
      if (this.skipSpace() !== COLON) throw this.unexpected("':'");
      this.at += 1;
      setOwn(object, key, this.#member(key, depth));
      const byte = this.skipSpace();
      if (byte !== COMMA && byte !== CLOSE_OBJECT) throw this.unexpected("',' or '}'");
      this.at += 1;
      if (byte === CLOSE_OBJECT) return object;
    }
  }

  #count(): void {
    this.#parts += 1;
    if (this.#parts > MAX_PARTS) throw tooManyParts();
  }

  #member(key: string, depth: number): SpannedJson {
    const isSpan = key === this.#spanKey && this.skipSpace() === OPEN_ARRAY;
    return isSpan ? this.skipArray(depth) : this.value(depth);
  }

  #seen(hash: number, start: number, end: number): string {
    const slot = (hash ^ (hash >>> 9)) & (CACHED_STRINGS - 1);
    const known = seen[slot] ?? "";
    if (known.length === end - start && this.isTextAt(known, start)) return known;
    const text = this.bytes.toString("latin1", start, end);
    seen[slot] = text;
    return text;
  }

  /** Whether the ASCII `text` stands at `start`. */
  isTextAt(text: string, start: number): boolean {
    for (let i = 0; i < text.length; i++) {
      if (text.charCodeAt(i) !== this.bytes[start + i]) return false;
    }
    return true;
  }

  #escapedString(start: number, at: number): string {
    this.at = start - 1;
    if (this.bytes[at] === BACKSLASH) this.skipString();
    else {
      this.at = at;
      throw this.unexpected("a character of a string");
    }
    try {
      return JSON.parse(this.bytes.toString("utf8", start - 1, this.at)) as string;
    } catch {
      this.at = at;
      throw this.unexpected("a string with valid escapes");
    }
  }

  #tooLong(): PlatformError {
    const got = `an integer of ${this.integerDigits} digits`;
    const expected = `at most ${MAX_INTEGER_DIGITS} digits`;
    const text = `invalid JSON: got ${got} at byte ${this.#tokenStart}, expected ${expected}`;
    return new PlatformError("invalid_argument", text, { field: `byte ${this.#tokenStart}`, got, expected });
  }

  #losslessNumber(): number | bigint {
    const value = this.number();
    if (this.integerDigits <= EXACT_DIGITS || Number.isSafeInteger(value)) return value;
    if (this.integerDigits > MAX_INTEGER_DIGITS) throw this.#tooLong();
    return BigInt(this.numberText());
  }

  /** Moves over digits; `mantissa` with them appended. */
  #digits(mantissa: number): number {
    const { bytes } = this;
    let { at } = this;
    let sum = mantissa;
    for (let byte = bytes[at] ?? 0; byte >= ZERO && byte <= NINE; byte = bytes[++at] ?? 0) {
      sum = sum * 10 + (byte - ZERO);
    }
    this.at = at;
    return sum;
  }

  /** The rest of a number that has a fraction, an exponent or both. */
  #fraction(whole: number, wholeDigits: number, isNegative: boolean): number {
    this.integerDigits = 0;
    let mantissa = whole;
    let scale = 0;
    if (this.bytes[this.at] === DOT) {
      const point = ++this.at;
      mantissa = this.#digits(whole);
      scale = this.at - point;
      if (scale === 0) throw this.unexpected("a digit");
    }
    const exponent = isExponentMark(this.bytes[this.at] ?? 0) ? this.#exponent() : 0;
    const power = exponent - scale;
    if (wholeDigits + scale > EXACT_DIGITS || power < -22 || power > 22) return Number(this.numberText());
    const signed = isNegative ? -mantissa : mantissa;
    return power < 0 ? signed / (POWERS_OF_TEN[-power] ?? 1) : signed * (POWERS_OF_TEN[power] ?? 1);
  }

  #exponent(): number {
    const sign = this.bytes[++this.at];
    if (sign === MINUS || sign === PLUS) this.at += 1;
    const first = this.at;
    const exponent = this.#digits(0);
    if (this.at === first) throw this.unexpected("a digit");
    return sign === MINUS ? -exponent : exponent;
  }

  /** NaN, Infinity or -Infinity, where those are numbers. */
  #wordNumber(isNegative: boolean): number {
    const text = isNegative || this.bytes[this.at] === 0x49 ? "Infinity" : "NaN";
    if (!this.#nonFinite || !this.isTextAt(text, this.at)) throw this.unexpected("a value");
    this.at += text.length;
    this.integerDigits = 0;
    if (text === "NaN") return Number.NaN;
    return isNegative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }

  #word(): SpannedJson {
    for (const [text, value] of WORDS) {
      if (this.isTextAt(text, this.at)) {
        this.at += text.length;
        return value;
      }
    }
    return this.#wordNumber(false);
  }
}

const WORDS: readonly (readonly [string, boolean | null])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];

/** Whether a number starts with this byte, `-Infinity` included. */
export function isNumberStart(byte: number): boolean {
  return byte === MINUS || (byte >= ZERO && byte <= NINE);
}

/** 'e' or 'E'. */
function isExponentMark(byte: number): boolean {
  return (byte | 0x20) === 0x65;
}

/** The refusal of a text nested deeper than `maxDepth`, in the words of the V2 contract. */
function tooDeep(maxDepth: number): PlatformError {
  return new PlatformError(
    "invalid_argument",
    `JSON nesting depth exceeds maximum allowed limit (${maxDepth})`,
    { field: "nesting", expected: `at most ${maxDepth} levels` },
  );
}

function tooManyParts(): PlatformError {
  const text = `the JSON has more than ${MAX_PARTS} arrays, objects and members`;
  return new PlatformError("too_large", text, {
    field: "body",
    expected: `at most ${MAX_PARTS}`,
    hint: "send fewer rows per request, whole arrays of numbers, or binary tensors",
  });
}

/** Sets an own property even for "__proto__", so that no text reaches a prototype. */
function setOwn(object: Record<string, SpannedJson>, key: string, value: SpannedJson): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[key] = value;
  }
}

function printByte(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? `'${String.fromCharCode(byte)}'` : `byte 0x${byte.toString(16)}`;
}
