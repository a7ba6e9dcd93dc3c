import { damaged } from "../refusal.ts";

const NEWLINE = 0x0a;
/** Of one line: a tree of a million leaves has some twenty megabytes in one. */
const MAX_LINE_BYTES = 512 * 1024 * 1024;

/** One part of a model in text: lines `key=value`, and lines that are a word alone. */
export class Section {
  readonly name: string;
  readonly #values = new Map<string, string>();

  constructor(name: string) {
    this.name = name;
  }

  add(line: string): void {
    const at = line.indexOf("=");
    this.#values.set(at < 0 ? line : line.slice(0, at), at < 0 ? "" : line.slice(at + 1));
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  text(key: string): string {
    const value = this.#values.get(key);
    if (value === undefined) throw damaged(`${this.name} ${key}`, "missing", "a value");
    return value;
  }

  /** A whole number from `least`. */
  count(key: string, least = 0): number {
    const value = Number(this.text(key));
    if (Number.isInteger(value) && value >= least && value <= 2 ** 31) return value;
    throw damaged(`${this.name} ${key}`, this.text(key), `a whole number from ${least}`);
  }

  /** So many numbers, with spaces between them. */
  numbers(key: string, length: number): Float64Array {
    const words =
      this.#values
        .get(key)
        ?.split(" ")
        .filter((word) => word !== "") ?? [];
    if (words.length !== length) throw damaged(`${this.name} ${key}`, `${words.length} numbers`, `${length}`);
    const numbers = Float64Array.from(words, numberOf);
    const wrong = numbers.findIndex(Number.isNaN);
    if (wrong >= 0) throw damaged(`${this.name} ${key}`, words[wrong] ?? "", "a number");
    return numbers;
  }

  /** The same, each a whole number from `least` to `most`. */
  integers(key: string, length: number, [least, most]: readonly [number, number]): Float64Array {
    const numbers = this.numbers(key, length);
    const wrong = numbers.find((value) => !Number.isInteger(value) || value < least || value > most);
    if (wrong === undefined) return numbers;
    throw damaged(`${this.name} ${key}`, String(wrong), `whole numbers from ${least} to ${most}`);
  }
}

/** "inf" and "-inf" as LightGBM writes them. */
function numberOf(word: string): number {
  if (/^-?inf(?:inity)?$/i.test(word)) {
    return word.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  return Number(word);
}

/** The lines of a text file, one after the other, without a copy of the whole. */
export function* linesOf(bytes: Uint8Array): Generator<string> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let from = 0; from < text.length; ) {
    const found = text.indexOf(NEWLINE, from);
    const to = found < 0 ? text.length : found;
    if (to - from > MAX_LINE_BYTES) {
      throw damaged("a line", `${to - from} bytes`, `at most ${MAX_LINE_BYTES}`);
    }
    yield text.toString("utf8", from, to).replace(/\r$/, "");
    from = to + 1;
  }
}
