import { damaged } from "./refusal.ts";

/** An object of a parsed file, whose members are asked for by name and kind. */
export class Fields {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly path: string;

  /** @throws PlatformError `invalid_argument` if `value` is no object. */
  constructor(value: unknown, path: string) {
    const isObject =
      typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
    if (!isObject) throw damaged(path, kindOf(value), "an object");
    this.#value = value as Readonly<Record<string, unknown>>;
    this.path = path;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#value, key);
  }

  object(key: string): Fields {
    return new Fields(this.#get(key), this.#at(key));
  }

  text(key: string): string {
    const value = this.#get(key);
    if (typeof value === "string") return value;
    throw damaged(this.#at(key), kindOf(value), "text");
  }

  /** A number, or the text of one. */
  number(key: string): number {
    const value = this.#get(key);
    const number = typeof value === "string" ? Number(value) : value;
    if (typeof number === "number" && !Number.isNaN(number)) return number;
    throw damaged(this.#at(key), kindOf(value), "a number");
  }

  /** A whole number from `least` to `most`. */
  count(key: string, least = 0, most = 2 ** 31 - 1): number {
    const value = this.number(key);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw damaged(this.#at(key), String(value), `a whole number from ${least} to ${most}`);
  }

  list(key: string): readonly unknown[] {
    const value = this.#get(key);
    if (Array.isArray(value)) return value as unknown[];
    throw damaged(this.#at(key), kindOf(value), "a list");
  }

  objects(key: string): Fields[] {
    return this.list(key).map((value, i) => new Fields(value, `${this.#at(key)}[${i}]`));
  }

  texts(key: string): string[] {
    if (!this.has(key)) return [];
    return this.list(key).map((value, i) => {
      if (typeof value === "string") return value;
      throw damaged(`${this.#at(key)}[${i}]`, kindOf(value), "text");
    });
  }

  /** A list of numbers, of so many where `length` says so. Booleans count as 0 and 1. */
  numbers(key: string, length?: number): ArrayLike<number> {
    const value = this.#get(key);
    if (length !== undefined && lengthOf(value) !== length) {
      throw damaged(this.#at(key), `${lengthOf(value)} values`, `${length}`);
    }
    if (ArrayBuffer.isView(value)) return value as unknown as ArrayLike<number>;
    if (!Array.isArray(value)) throw damaged(this.#at(key), kindOf(value), "a list of numbers");
    let isPlain = true;
    for (const [i, item] of value.entries()) {
      if (typeof item === "number") continue;
      if (typeof item !== "boolean") throw damaged(`${this.#at(key)}[${i}]`, kindOf(item), "a number");
      isPlain = false;
    }
    // A forest has millions: they are not copied.
    return isPlain ? (value as number[]) : value.map(Number);
  }

  #get(key: string): unknown {
    if (this.has(key)) return this.#value[key];
    throw damaged(this.#at(key), "missing", "a value");
  }

  #at(key: string): string {
    return this.path === "" ? key : `${this.path}.${key}`;
  }
}

const lengthOf = (value: unknown) =>
  Array.isArray(value) || ArrayBuffer.isView(value) ? (value as ArrayLike<unknown>).length : -1;

function kindOf(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? String(value);
  return Array.isArray(value) || ArrayBuffer.isView(value) ? "a list" : "an object";
}
