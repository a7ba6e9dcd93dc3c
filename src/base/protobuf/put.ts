import type { ScalarType } from "./scalar.ts";
import type { Sink } from "./sink.ts";

const scratch = new BigInt64Array(1);
const halves = new Int32Array(scratch.buffer);

type Put = (sink: Sink, value: number | bigint) => void;

/** How each number is written. */
const PUT: Readonly<Record<Exclude<ScalarType, "string" | "bytes">, Put>> = {
  double: (sink, value) => sink.double(Number(value)),
  float: (sink, value) => sink.float(Number(value)),
  int32: (sink, value) => sink.varint(Number(value) | 0, Number(value) >> 31),
  uint32: (sink, value) => sink.varint(Number(value) | 0, 0),
  sint32: (sink, value) => sink.varint((Number(value) << 1) ^ (Number(value) >> 31), 0),
  fixed32: (sink, value) => sink.fixed32(Number(value) | 0),
  sfixed32: (sink, value) => sink.fixed32(Number(value) | 0),
  int64: putVarint64,
  uint64: putVarint64,
  sint64: putZigzag64,
  fixed64: putFixed64,
  sfixed64: putFixed64,
  bool: (sink, value) => sink.varint(value ? 1 : 0, 0),
};

/** Writes one scalar, without its tag. */
export function putScalar(sink: Sink, type: ScalarType, value: unknown): void {
  if (type === "string") sink.text(value as string);
  else if (type === "bytes") {
    const mark = sink.open();
    sink.raw(value as Uint8Array);
    sink.close(mark);
  } else PUT[type](sink, value as number | bigint);
}

/** Writes the elements of a packed field, without tag and length. */
export function putPacked(sink: Sink, type: ScalarType, list: ArrayLike<number | bigint>): void {
  if (type === "string" || type === "bytes") return;
  if (isWireMemory(type, list)) {
    sink.raw(new Uint8Array(list.buffer, list.byteOffset, list.byteLength));
    return;
  }
  if (list instanceof BigInt64Array || list instanceof BigUint64Array) {
    if (type === "int64" || type === "uint64") return putHalves(sink, list);
  }
  const put = PUT[type];
  for (let i = 0; i < list.length; i++) put(sink, list[i] ?? 0);
}

/** Whether the memory of a typed array is what the wire wants. */
function isWireMemory(
  type: ScalarType,
  list: ArrayLike<unknown>,
): list is Float32Array | Float64Array | Int32Array | Uint32Array | BigInt64Array | BigUint64Array {
  if (type === "float") return list instanceof Float32Array;
  if (type === "double") return list instanceof Float64Array;
  if (type === "fixed32" || type === "sfixed32") {
    return list instanceof Int32Array || list instanceof Uint32Array;
  }
  if (type === "fixed64" || type === "sfixed64") {
    return list instanceof BigInt64Array || list instanceof BigUint64Array;
  }
  return false;
}

/** 64-bit varints of a typed array, without making a bigint of each. */
function putHalves(sink: Sink, list: BigInt64Array | BigUint64Array): void {
  const pairs = new Int32Array(list.buffer, list.byteOffset, list.length * 2);
  for (let i = 0; i < pairs.length; i += 2) sink.varint(pairs[i] ?? 0, pairs[i + 1] ?? 0);
}

/** Puts the two halves of a 64-bit integer into `halves`. */
function split(value: number | bigint): void {
  if (typeof value === "bigint") {
    scratch[0] = value;
    return;
  }
  halves[0] = value;
  halves[1] = Math.floor(value / 2 ** 32);
}

function putVarint64(sink: Sink, value: number | bigint): void {
  split(value);
  sink.varint(halves[0] ?? 0, halves[1] ?? 0);
}

function putZigzag64(sink: Sink, value: number | bigint): void {
  split(value);
  const [low = 0, high = 0] = halves;
  const sign = high >> 31;
  sink.varint((low << 1) ^ sign, ((high << 1) | (low >>> 31)) ^ sign);
}

function putFixed64(sink: Sink, value: number | bigint): void {
  split(value);
  const [low = 0, high = 0] = halves;
  sink.fixed32(low);
  sink.fixed32(high);
}
