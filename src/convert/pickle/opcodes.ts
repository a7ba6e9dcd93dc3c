/** How an opcode's argument is written. */
export type Argument =
  | { readonly kind: "none" }
  /** So many bytes. */
  | { readonly kind: "bytes"; readonly bytes: number }
  /** A length of so many bytes, little-endian, and then as many. */
  | { readonly kind: "counted"; readonly bytes: number }
  /** So many lines of text. */
  | { readonly kind: "lines"; readonly lines: number };

const none: Argument = { kind: "none" };
const bytes = (count: number): Argument => ({ kind: "bytes", bytes: count });
const counted = (count: number): Argument => ({ kind: "counted", bytes: count });
const lines = (count: number): Argument => ({ kind: "lines", lines: count });

/** Opcodes whose meaning matters here. */
export const OP = {
  PROTO: 0x80,
  STOP: 0x2e,
  GLOBAL: 0x63,
  INST: 0x69,
  STACK_GLOBAL: 0x93,
  UNICODE: 0x56,
  BINUNICODE: 0x58,
  SHORT_BINUNICODE: 0x8c,
  BINUNICODE8: 0x8d,
  MEMOIZE: 0x94,
  BINPUT: 0x71,
  LONG_BINPUT: 0x72,
  BINGET: 0x68,
  LONG_BINGET: 0x6a,
  REDUCE: 0x52,
  NEWOBJ: 0x81,
  NEWOBJ_EX: 0x92,
  OBJ: 0x6f,
} as const;

/** Every opcode of protocols 0 to 5 with its argument. Source: CPython, Lib/pickletools.py. */
export const ARGUMENTS: ReadonlyMap<number, Argument> = new Map<number, Argument>([
  ...Array.from(Buffer.from("(.012NQRabd}e)]lotsu"), (op) => [op, none] as const),
  ...[0x81, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8f, 0x90, 0x91, 0x92, 0x93, 0x94, 0x97, 0x98].map(
    (op) => [op, none] as const,
  ),
  ...Array.from(Buffer.from("FILSVgpP"), (op) => [op, lines(1)] as const),
  ["c".charCodeAt(0), lines(2)],
  ["i".charCodeAt(0), lines(2)],
  ["J".charCodeAt(0), bytes(4)],
  ["K".charCodeAt(0), bytes(1)],
  ["M".charCodeAt(0), bytes(2)],
  ["G".charCodeAt(0), bytes(8)],
  ["h".charCodeAt(0), bytes(1)],
  ["j".charCodeAt(0), bytes(4)],
  ["q".charCodeAt(0), bytes(1)],
  ["r".charCodeAt(0), bytes(4)],
  [0x80, bytes(1)],
  [0x82, bytes(1)],
  [0x83, bytes(2)],
  [0x84, bytes(4)],
  [0x95, bytes(8)],
  ["T".charCodeAt(0), counted(4)],
  ["U".charCodeAt(0), counted(1)],
  ["X".charCodeAt(0), counted(4)],
  ["B".charCodeAt(0), counted(4)],
  ["C".charCodeAt(0), counted(1)],
  [0x8a, counted(1)],
  [0x8b, counted(4)],
  [0x8c, counted(1)],
  [0x8d, counted(8)],
  [0x8e, counted(8)],
  [0x96, counted(8)],
]);
