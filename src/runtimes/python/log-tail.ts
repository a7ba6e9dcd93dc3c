/** Lines that are kept for the cause of death. */
const KEPT_LINES = 20;
/** A longer line is cut. */
const MAX_LINE = 500;
/** Bytes that may be passed on in a second; the rest is dropped and counted. */
const BYTES_PER_SECOND = 64 * 1024;
const SECOND_MS = 1000;

/** What a process prints: passed on within a bound, its last lines kept. */
export class LogTail {
  readonly #forward: (text: string) => void;
  readonly #now: () => number;
  readonly #lines: string[] = [];
  /** The line that has no end yet. */
  #open = "";
  #second = Number.NEGATIVE_INFINITY;
  #passed = 0;
  #dropped = 0;

  constructor(forward: (text: string) => void, now: () => number) {
    this.#forward = forward;
    this.#now = now;
  }

  push(chunk: Buffer): void {
    this.#keep(chunk.toString("utf8"));
    this.#pass(chunk);
  }

  /** The last lines, the oldest first. */
  get lines(): readonly string[] {
    return this.#open === "" ? this.#lines : [...this.#lines.slice(1 - KEPT_LINES), this.#open];
  }

  #keep(text: string): void {
    const pieces = text.split("\n");
    const [first = ""] = pieces;
    pieces[0] = this.#open + first;
    this.#open = (pieces.pop() ?? "").slice(0, MAX_LINE);
    const whole = pieces.slice(-KEPT_LINES).map((line) => line.trimEnd().slice(0, MAX_LINE));
    this.#lines.push(...whole);
    this.#lines.splice(0, this.#lines.length - KEPT_LINES);
  }

  #pass(chunk: Buffer): void {
    const now = this.#now();
    if (now - this.#second >= SECOND_MS) {
      if (this.#dropped > 0) this.#forward(`[${this.#dropped} bytes more were printed]\n`);
      this.#second = now;
      this.#passed = this.#dropped = 0;
    }
    const part = chunk.subarray(0, Math.max(0, BYTES_PER_SECOND - this.#passed));
    this.#passed += part.length;
    this.#dropped += chunk.length - part.length;
    if (part.length > 0) this.#forward(part.toString("utf8"));
  }
}
