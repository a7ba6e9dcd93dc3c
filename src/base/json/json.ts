/** A JSON value; integers beyond 2^53 - 1 either way are bigint. */
export type Json =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** An array inside a JSON text that was found but not read: its bytes from `[` to `]`. */
export class JsonSpan {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }
}

/** A JSON value in which the arrays under one key are spans. */
export type SpannedJson =
  | null
  | boolean
  | number
  | bigint
  | string
  | JsonSpan
  | readonly SpannedJson[]
  | { readonly [key: string]: SpannedJson };

export interface JsonLimits {
  /** Arrays and objects inside each other; default 100. */
  readonly maxDepth?: number;
  /** Whether the bare tokens NaN, Infinity and -Infinity are numbers, as the V2 wire sends them. */
  readonly nonFinite?: boolean;
}
