import { ARGUMENTS, type Argument, OP } from "./opcodes.ts";

/** What a pickle names; nothing of it is built or called. */
export interface PickleGlobals {
  readonly protocol: number;
  /** Every class and function, "module.name", in the order in which they are named first. */
  readonly globals: readonly string[];
  /** Whether it could be followed to its end. joblib's files hold arrays between, which end it early. */
  readonly isWhole: boolean;
}

const MAX_OPCODES = 5_000_000;
const MAX_GLOBALS = 10_000;
const MAX_TEXT = 4096;

/** Names what a pickle would import, by reading its opcodes alone. Never throws. */
export function readPickleGlobals(file: Uint8Array): PickleGlobals {
  const reader = new PickleReader(file);
  const isWhole = reader.readToEnd();
  return { protocol: reader.protocol, globals: [...reader.globals], isWhole };
}

/** Follows texts only: the two last ones before a STACK_GLOBAL are its module and its name. */
class PickleReader {
  readonly globals = new Set<string>();
  protocol = 0;
  readonly #file: Buffer;
  #at = 0;
  /** Texts as they came, and by their number in the memo; undefined for what is no text. */
  #texts: string[] = [];
  readonly #memo = new Map<number, string>();
  #memoized = 0;
  last: string | undefined;

  constructor(file: Uint8Array) {
    this.#file = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  }

  /** @returns whether the end was reached. */
  readToEnd(): boolean {
    for (let count = 0; count < MAX_OPCODES && this.globals.size < MAX_GLOBALS; count += 1) {
      const opcode = this.#file[this.#at];
      const argument = opcode === undefined ? undefined : ARGUMENTS.get(opcode);
      if (opcode === undefined || !argument) return false;
      this.#at += 1;
      const value = this.#argument(argument);
      if (value === undefined) return false;
      this.#take(opcode, value);
      if (opcode === OP.STOP) return true;
    }
    return false;
  }

  #take(opcode: number, value: Buffer): void {
    const taker = TAKERS.get(opcode);
    if (taker) taker(this, value);
    else this.last = undefined;
  }

  push(text: string): void {
    this.#texts = [...this.#texts.slice(-1), text];
    this.last = text;
  }

  keep(number = this.#memoized): void {
    if (this.last !== undefined) this.#memo.set(number, this.last);
    this.#memoized += 1;
  }

  recall(number: number): void {
    const text = this.#memo.get(number);
    if (text === undefined) this.last = undefined;
    else this.push(text);
  }

  name(module = this.#texts.at(-2) ?? "", name = this.#texts.at(-1) ?? ""): void {
    this.globals.add(`${module}.${name}`.slice(0, 300));
    this.last = undefined;
  }

  /** The argument's bytes; undefined if the file ends within. */
  #argument(argument: Argument): Buffer | undefined {
    if (argument.kind === "none") return this.#cut(0);
    if (argument.kind === "bytes") return this.#cut(argument.bytes);
    if (argument.kind === "lines") return this.#lines(argument.lines);
    const length = this.#cut(argument.bytes);
    return length && this.#cut(numberOf(length));
  }

  #cut(length: number): Buffer | undefined {
    if (length > this.#file.length - this.#at) return undefined;
    this.#at += length;
    return this.#file.subarray(this.#at - length, this.#at);
  }

  #lines(count: number): Buffer | undefined {
    const from = this.#at;
    for (let i = 0; i < count; i += 1) {
      const end = this.#file.indexOf(0x0a, this.#at);
      if (end < 0) return undefined;
      this.#at = end + 1;
    }
    return this.#file.subarray(from, this.#at - 1);
  }
}

const textOf = (value: Buffer) => value.toString("utf8", 0, MAX_TEXT);

type Taker = (reader: PickleReader, value: Buffer) => void;

const named: Taker = (reader, value) => {
  const [module = "", name = ""] = textOf(value).split("\n");
  reader.name(module, name);
};
const text: Taker = (reader, value) => reader.push(textOf(value));
const kept: Taker = (reader, value) => reader.keep(numberOf(value));
const recalled: Taker = (reader, value) => reader.recall(numberOf(value));

/** What the opcodes do that say names; all others make something that is no text. */
const TAKERS: ReadonlyMap<number, Taker> = new Map<number, Taker>([
  [OP.PROTO, (reader, value) => (reader.protocol = value[0] ?? 0)],
  [OP.GLOBAL, named],
  [OP.INST, named],
  [OP.STACK_GLOBAL, (reader) => reader.name()],
  [OP.UNICODE, text],
  [OP.BINUNICODE, text],
  [OP.SHORT_BINUNICODE, text],
  [OP.BINUNICODE8, text],
  [OP.MEMOIZE, (reader) => reader.keep()],
  [OP.BINPUT, kept],
  [OP.LONG_BINPUT, kept],
  [OP.BINGET, recalled],
  [OP.LONG_BINGET, recalled],
]);

/** Little-endian; what is beyond 2^53 is longer than any file. */
function numberOf(bytes: Buffer): number {
  let value = 0;
  for (let i = bytes.length - 1; i >= 0; i -= 1) value = value * 256 + (bytes[i] ?? 0);
  return value;
}
