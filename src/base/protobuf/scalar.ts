import type { Reader } from "./reader.ts";

/** Scalar types of the protobuf language. */
export type ScalarType =
  | "double"
  | "float"
  | "int32"
  | "int64"
  | "uint32"
  | "uint64"
  | "sint32"
  | "sint64"
  | "fixed32"
  | "fixed64"
  | "sfixed32"
  | "sfixed64"
  | "bool"
  | "string"
  | "bytes";

/** Wire types: how the length of a value is known. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;

interface Scalar {
  readonly wireType: number;
  readonly empty: unknown;
  readonly read: (reader: Reader) => unknown;
  /** How it is read to a number where `read` gives a bigint. */
  readonly readNumber?: (reader: Reader) => number;
}

/** What each scalar type is on the wire, and how it is read. */
export const SCALARS: Readonly<Record<ScalarType, Scalar>> = {
  double: { wireType: WIRE.fixed64, empty: 0, read: (r) => r.double() },
  float: { wireType: WIRE.fixed32, empty: 0, read: (r) => r.float() },
  int32: { wireType: WIRE.varint, empty: 0, read: readInt32 },
  uint32: { wireType: WIRE.varint, empty: 0, read: (r) => readInt32(r) >>> 0 },
  sint32: { wireType: WIRE.varint, empty: 0, read: readSint32 },
  fixed32: { wireType: WIRE.fixed32, empty: 0, read: (r) => readSfixed32(r) >>> 0 },
  sfixed32: { wireType: WIRE.fixed32, empty: 0, read: readSfixed32 },
  int64: {
    wireType: WIRE.varint,
    empty: 0n,
    read: (r) => (r.varint(), r.signedBig()),
    readNumber: (r) => (r.varint(), r.safeNumber(r.high)),
  },
  uint64: {
    wireType: WIRE.varint,
    empty: 0n,
    read: (r) => (r.varint(), r.unsignedBig()),
    readNumber: (r) => (r.varint(), r.safeNumber(r.high >>> 0)),
  },
  sint64: {
    wireType: WIRE.varint,
    empty: 0n,
    read: (r) => (r.varint(), r.unzigzag(), r.signedBig()),
    readNumber: (r) => (r.varint(), r.unzigzag(), r.safeNumber(r.high)),
  },
  fixed64: {
    wireType: WIRE.fixed64,
    empty: 0n,
    read: (r) => (r.fixed64(), r.unsignedBig()),
    readNumber: (r) => (r.fixed64(), r.safeNumber(r.high >>> 0)),
  },
  sfixed64: {
    wireType: WIRE.fixed64,
    empty: 0n,
    read: (r) => (r.fixed64(), r.signedBig()),
    readNumber: (r) => (r.fixed64(), r.safeNumber(r.high)),
  },
  bool: { wireType: WIRE.varint, empty: false, read: (r) => (r.varint(), (r.low | r.high) !== 0) },
  string: { wireType: WIRE.bytes, empty: "", read: (r) => r.text() },
  bytes: { wireType: WIRE.bytes, empty: new Uint8Array(0), read: (r) => r.byteString() },
};

function readInt32(reader: Reader): number {
  reader.varint();
  return reader.low;
}

function readSint32(reader: Reader): number {
  reader.varint();
  return (reader.low >>> 1) ^ -(reader.low & 1);
}

function readSfixed32(reader: Reader): number {
  reader.fixed32();
  return reader.low;
}

/** Whether a type can be packed: every number and bool. */
export function isPackable(type: ScalarType): boolean {
  return SCALARS[type].wireType !== WIRE.bytes;
}
