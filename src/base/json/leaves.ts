import type { JsonLimits, JsonSpan } from "./json.ts";
import { CLOSE_ARRAY, COMMA, DEFAULT_MAX_DEPTH, JsonScanner, OPEN_ARRAY } from "./scanner.ts";

/** Walks over the leaves of nested arrays, in order, without building the arrays. */
export class Leaves {
  readonly scanner: JsonScanner;
  readonly #maxDepth: number;
  #depth = 0;
  /** A value was just read, so a comma or a closing bracket follows. */
  #afterValue = false;
  #afterComma = false;

  constructor(span: JsonSpan, limits: JsonLimits = {}) {
    this.scanner = new JsonScanner(span.bytes, limits);
    this.scanner.at = span.start;
    this.#maxDepth = limits.maxDepth ?? DEFAULT_MAX_DEPTH;
  }

  /**
   * Moves to the next leaf and returns its first byte, or 0 after the last one. The caller reads
   * the leaf before it asks for another.
   *
   * @throws PlatformError `invalid_argument` where the text is not JSON.
   */
  next(): number {
    const { scanner } = this;
    for (;;) {
      const byte = scanner.skipSpace();
      if (byte === CLOSE_ARRAY && !this.#afterComma) {
        scanner.at += 1;
        this.#depth -= 1;
        this.#afterValue = true;
        if (this.#depth === 0) return 0;
      } else if (this.#afterValue) {
        if (byte !== COMMA) throw scanner.unexpected("',' or ']'");
        scanner.at += 1;
        this.#afterValue = false;
        this.#afterComma = true;
      } else if (byte === OPEN_ARRAY && this.#depth < this.#maxDepth) {
        scanner.at += 1;
        this.#depth += 1;
        this.#afterComma = false;
      } else {
        if (byte === COMMA || byte === CLOSE_ARRAY || byte < 0) throw scanner.unexpected("a value");
        this.#afterValue = true;
        this.#afterComma = false;
        return byte;
      }
    }
  }
}
