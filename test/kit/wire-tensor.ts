import { fromBrain, fromHalf, toBrain, toHalf } from "../../src/tensor/index.ts";

type Value = number | bigint | boolean | string;

/** A tensor as test/artifacts/models/…/samples.json and the V2 wire write it. */
export interface WireTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: readonly Value[];
}

const SIZE: Readonly<Record<string, number>> = {
  BOOL: 1,
  INT8: 1,
  UINT8: 1,
  INT16: 2,
  UINT16: 2,
  FP16: 2,
  BF16: 2,
  INT32: 4,
  UINT32: 4,
  FP32: 4,
  INT64: 8,
  UINT64: 8,
  FP64: 8,
};

/** The elements as the binary extension and gRPC carry them, written here from the specification alone. */
export function toBytes({ datatype, data }: WireTensor): Buffer {
  if (datatype === "BYTES") return Buffer.concat(data.map((value) => withLength(Buffer.from(String(value)))));
  const size = sizeOf(datatype);
  const out = Buffer.alloc(size * data.length);
  for (const [i, value] of data.entries()) put(out, i * size, datatype, value);
  return out;
}

function withLength(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function sizeOf(datatype: string): number {
  const size = SIZE[datatype];
  if (size === undefined) throw new Error(`no size of ${datatype}`);
  return size;
}

const PUT: Readonly<Record<string, (out: Buffer, at: number, value: Value) => void>> = {
  BOOL: (out, at, value) => out.writeUInt8(value === true ? 1 : 0, at),
  INT8: (out, at, value) => out.writeInt8(Number(value), at),
  UINT8: (out, at, value) => out.writeUInt8(Number(value), at),
  INT16: (out, at, value) => out.writeInt16LE(Number(value), at),
  UINT16: (out, at, value) => out.writeUInt16LE(Number(value), at),
  FP16: (out, at, value) => out.writeUInt16LE(toHalf(Number(value)), at),
  BF16: (out, at, value) => out.writeUInt16LE(toBrain(Number(value)), at),
  INT32: (out, at, value) => out.writeInt32LE(Number(value), at),
  UINT32: (out, at, value) => out.writeUInt32LE(Number(value), at),
  FP32: (out, at, value) => out.writeFloatLE(Number(value), at),
  INT64: (out, at, value) => out.writeBigInt64LE(BigInt(value), at),
  UINT64: (out, at, value) => out.writeBigUInt64LE(BigInt(value), at),
  FP64: (out, at, value) => out.writeDoubleLE(Number(value), at),
};

function put(out: Buffer, at: number, datatype: string, value: Value): void {
  PUT[datatype]?.(out, at, value);
}

const GET: Readonly<Record<string, (bytes: Buffer, at: number) => Value>> = {
  BOOL: (bytes, at) => bytes.readUInt8(at) === 1,
  INT8: (bytes, at) => bytes.readInt8(at),
  UINT8: (bytes, at) => bytes.readUInt8(at),
  INT16: (bytes, at) => bytes.readInt16LE(at),
  UINT16: (bytes, at) => bytes.readUInt16LE(at),
  FP16: (bytes, at) => fromHalf(bytes.readUInt16LE(at)),
  BF16: (bytes, at) => fromBrain(bytes.readUInt16LE(at)),
  INT32: (bytes, at) => bytes.readInt32LE(at),
  UINT32: (bytes, at) => bytes.readUInt32LE(at),
  FP32: (bytes, at) => bytes.readFloatLE(at),
  INT64: (bytes, at) => bytes.readBigInt64LE(at),
  UINT64: (bytes, at) => bytes.readBigUInt64LE(at),
  FP64: (bytes, at) => bytes.readDoubleLE(at),
};

/** The inverse of {@link toBytes}. */
export function fromBytes(datatype: string, bytes: Buffer): Value[] {
  if (datatype === "BYTES") return strings(bytes);
  const size = sizeOf(datatype);
  return Array.from(
    { length: bytes.length / size },
    (_, i) => GET[datatype]?.(bytes, i * size) ?? Number.NaN,
  );
}

function strings(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at);
    found.push(bytes.toString("utf8", at + 4, at + 4 + length));
    at += 4 + length;
  }
  return found;
}
