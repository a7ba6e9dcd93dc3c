import type { JsonLimits, JsonSpan } from "./json.ts";
import { Leaves } from "./leaves.ts";
import { isNumberStart, LONG_BYTES, OPEN_ARRAY, QUOTE } from "./scanner.ts";

/** How reading a span into a typed array went; a syntax error is thrown instead. */
export type Filled =
  | "ok"
  /** More or fewer leaves than the array holds. */
  | "count"
  /** A leaf that is not of the kind asked for. */
  | "kind"
  /** An integer that the array's elements cannot hold. */
  | "range";

export type FloatArray = Float32Array | Float64Array;
export type IntegerArray = Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array;
export type LongArray = BigInt64Array | BigUint64Array;

/** Nested arrays up to this number are cheap enough to build on the way. */
const MAX_PARSED_ARRAYS = 200_000;
/** Of no 64-bit integer, leading zeros being refused; BigInt takes more than linear time. */
const MAX_LONG_DIGITS = 20;
const NONE = 0;
const CAPITAL_N = 0x4e;
const CAPITAL_I = 0x49;

/** Reads numbers, nested or flat, each rounded as `JSON.parse` and then the typed array round. */
export function fillFloats(span: JsonSpan, target: FloatArray, limits?: JsonLimits): Filled {
  if (fillParsed(span, target, false)) return "ok";
  const leaves = new Leaves(span, limits);
  const { scanner } = leaves;
  let i = 0;
  for (let byte = leaves.next(); byte !== NONE; byte = leaves.next()) {
    if (!isNumberStart(byte) && byte !== CAPITAL_N && byte !== CAPITAL_I) return "kind";
    if (i === target.length) return "count";
    target[i] = scanner.number();
    i += 1;
  }
  return i === target.length ? "ok" : "count";
}

/** Reads integers; `1.0` and `1e2` are integers too. Negative ones are not of an unsigned kind. */
export function fillIntegers(span: JsonSpan, target: IntegerArray, limits?: JsonLimits): Filled {
  const leaves = new Leaves(span, limits);
  const { scanner } = leaves;
  const isUnsigned =
    target instanceof Uint8Array || target instanceof Uint16Array || target instanceof Uint32Array;
  if (fillParsed(span, target, true)) return "ok";
  let i = 0;
  for (let byte = leaves.next(); byte !== NONE; byte = leaves.next()) {
    if (!isNumberStart(byte)) return "kind";
    const value = scanner.number();
    if (!Number.isInteger(value) || (isUnsigned && value < 0)) return "kind";
    if (i === target.length) return "count";
    target[i] = value;
    if (target[i] !== value + 0) return "range"; // Storing wrapped it; + 0 makes 0 of -0.
    i += 1;
  }
  return i === target.length ? "ok" : "count";
}

/** Reads 64-bit integers without loss. Beyond 64 bits they are not of the kind. */
export function fillLongs(span: JsonSpan, target: LongArray, limits?: JsonLimits): Filled {
  const leaves = new Leaves(span, limits);
  const { scanner } = leaves;
  const isUnsigned = target instanceof BigUint64Array;
  const words = new Uint32Array(target.buffer, target.byteOffset, target.length * 2);
  let i = 0;
  for (let byte = leaves.next(); byte !== NONE; byte = leaves.next()) {
    if (!isNumberStart(byte)) return "kind";
    const value = scanner.number();
    if (i === target.length) return "count";
    if (Number.isSafeInteger(value)) {
      if (isUnsigned && value < 0) return "kind";
      storeWords(words, i, value);
    } else if (!storeLong(target, i, scanner.integerDigits > 0 ? scanner.numberText() : "")) {
      return "kind";
    }
    i += 1;
  }
  return i === target.length ? "ok" : "count";
}

/** Reads true and false as 1 and 0; the numbers 0 and 1 are not of the kind. */
export function fillBooleans(span: JsonSpan, target: Uint8Array, limits?: JsonLimits): Filled {
  const leaves = new Leaves(span, limits);
  const { scanner } = leaves;
  let i = 0;
  for (let byte = leaves.next(); byte !== NONE; byte = leaves.next()) {
    const isTrue = scanner.isTextAt("true", scanner.at);
    if (!isTrue && !scanner.isTextAt("false", scanner.at)) return "kind";
    if (i === target.length) return "count";
    scanner.at += isTrue ? 4 : 5;
    target[i] = isTrue ? 1 : 0;
    i += 1;
  }
  return i === target.length ? "ok" : "count";
}

/**
 * The quick way for long arrays of plain numbers, by the engine's own reader, whose results ours
 * equal. `mustKeep`: every number must survive in the element type. Returns false for whatever it does
 * not take; `target` is then filled anew, with a reason.
 */
function fillParsed(span: JsonSpan, target: FloatArray | IntegerArray, mustKeep: boolean): boolean {
  if (span.end - span.start < LONG_BYTES || hasManyArrays(span)) return false;
  let leaves: unknown;
  try {
    leaves = JSON.parse(bufferOf(span).toString("latin1", span.start, span.end));
  } catch {
    return false; // NaN and infinities, or no JSON at all.
  }
  return storeLeaves(leaves as unknown[], target, 0, mustKeep) === target.length;
}

/** As one reads a span's bytes with the standard library. */
function bufferOf({ bytes }: JsonSpan): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset);
}

/** Whether the arrays would take far more memory than the numbers in them. */
function hasManyArrays(span: JsonSpan): boolean {
  const bytes = bufferOf(span);
  let count = 0;
  for (let at = span.start; at !== -1 && at < span.end; at = bytes.indexOf(OPEN_ARRAY, at + 1)) {
    count += 1;
    if (count > MAX_PARSED_ARRAYS) return true;
  }
  return false;
}

/** Stores nested numbers from `from` on; the index after the last one, or -1 if something else is there. */
function storeLeaves(
  leaves: readonly unknown[],
  target: FloatArray | IntegerArray,
  from: number,
  mustKeep: boolean,
): number {
  let at = from;
  for (const leaf of leaves) {
    if (typeof leaf === "number") {
      if (at >= target.length) return -1;
      target[at] = leaf;
      if (mustKeep && target[at] !== leaf) return -1;
      at += 1;
    } else {
      at = Array.isArray(leaf) ? storeLeaves(leaf, target, at, mustKeep) : -1;
      if (at < 0) return -1;
    }
  }
  return at;
}

/** The low and high word of an integer of at most 53 bits, as a little-endian machine stores it. */
function storeWords(words: Uint32Array, index: number, value: number): void {
  words[2 * index] = value; // Stored modulo 2^32, which is the two's complement low word.
  words[2 * index + 1] = Math.floor(value / 2 ** 32);
}

function storeLong(target: LongArray, index: number, text: string): boolean {
  if (text === "" || text.length > MAX_LONG_DIGITS) return false;
  const value = BigInt(text);
  target[index] = value;
  return target[index] === value;
}

/** Texts packed one after another: item i is `bytes[offsets[i] … offsets[i + 1])`, in UTF-8. */
export interface PackedTexts {
  readonly bytes: Uint8Array;
  readonly offsets: Uint32Array;
}

/**
 * Reads `count` strings, nested or flat, into packed UTF-8: those without escapes are copied as
 * they stand. Where their number is another, the number found is returned.
 */
export function readTexts(span: JsonSpan, count: number, limits?: JsonLimits): PackedTexts | "kind" | number {
  const leaves = new Leaves(span, limits);
  const { scanner } = leaves;
  const bound = span.end - span.start; // Escaped text is never shorter than its UTF-8.
  if (count > bound) return countTexts(leaves);
  const bytes = Buffer.allocUnsafe(bound);
  const offsets = new Uint32Array(count + 1);
  let i = 0;
  let to = 0;
  for (let byte = leaves.next(); byte !== NONE; byte = leaves.next()) {
    if (byte !== QUOTE) return "kind";
    const start = scanner.at;
    if (scanner.skipString()) {
      scanner.at = start;
      to += bytes.write(scanner.string(), to);
    } else {
      to += scanner.bytes.copy(bytes, to, start + 1, scanner.at - 1);
    }
    i += 1;
    if (i <= count) offsets[i] = to;
  }
  return i === count ? { bytes: bytes.subarray(0, to), offsets } : i;
}

function countTexts(leaves: Leaves): "kind" | number {
  let found = 0;
  for (let byte = leaves.next(); byte !== NONE; byte = leaves.next()) {
    if (byte !== QUOTE) return "kind";
    leaves.scanner.skipString();
    found += 1;
  }
  return found;
}
