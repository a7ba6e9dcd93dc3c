import { PlatformError } from "../../base/index.ts";
import type { Value } from "./sample.ts";

interface Writer {
  readonly size: number;
  readonly write: (view: DataView, at: number, value: Value) => void;
}

const float = new DataView(new ArrayBuffer(4));

const WRITERS = new Map<string, Writer>([
  ["BOOL", { size: 1, write: (view, at, value) => view.setUint8(at, value === true || value === 1 ? 1 : 0) }],
  ["UINT8", { size: 1, write: (view, at, value) => view.setUint8(at, Number(value)) }],
  ["INT8", { size: 1, write: (view, at, value) => view.setInt8(at, Number(value)) }],
  ["UINT16", { size: 2, write: (view, at, value) => view.setUint16(at, Number(value), true) }],
  ["INT16", { size: 2, write: (view, at, value) => view.setInt16(at, Number(value), true) }],
  ["UINT32", { size: 4, write: (view, at, value) => view.setUint32(at, Number(value), true) }],
  ["INT32", { size: 4, write: (view, at, value) => view.setInt32(at, Number(value), true) }],
  ["UINT64", { size: 8, write: (view, at, value) => view.setBigUint64(at, BigInt(value), true) }],
  ["INT64", { size: 8, write: (view, at, value) => view.setBigInt64(at, BigInt(value), true) }],
  ["FP16", { size: 2, write: (view, at, value) => view.setUint16(at, halfOf(Number(value)), true) }],
  [
    "BF16",
    { size: 2, write: (view, at, value) => view.setUint16(at, floatBits(Number(value)) >>> 16, true) },
  ],
  ["FP32", { size: 4, write: (view, at, value) => view.setFloat32(at, Number(value), true) }],
  ["FP64", { size: 8, write: (view, at, value) => view.setFloat64(at, Number(value), true) }],
]);

/**
 * Elements as V2 carries them: little-endian, BYTES with a 4-byte length before each.
 *
 * Source: Open Inference Protocol, binary tensor data extension.
 */
export function rawValues(datatype: string, values: readonly Value[]): Uint8Array {
  if (datatype === "BYTES") return rawTexts(values);
  const writer = WRITERS.get(datatype);
  if (!writer) {
    throw new PlatformError("invalid_argument", `datatype ${datatype} is not known`, {
      field: "datatype",
      got: datatype,
      expected: [...WRITERS.keys(), "BYTES"].join(", "),
    });
  }
  const bytes = new Uint8Array(values.length * writer.size);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) writer.write(view, i * writer.size, value);
  return bytes;
}

function rawTexts(values: readonly Value[]): Uint8Array {
  const parts = values.flatMap((value) => {
    const text = Buffer.from(String(value));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(text.length);
    return [length, text];
  });
  return Buffer.concat(parts);
}

function floatBits(value: number): number {
  float.setFloat32(0, value);
  return float.getUint32(0);
}

/** IEEE half precision, rounded towards zero: samples need no better. Too small becomes 0, too large infinity. */
function halfOf(value: number): number {
  const bits = floatBits(value);
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 127 + 15;
  if (Number.isNaN(value)) return sign | 0x7e00;
  if (exponent <= 0) return sign;
  return exponent >= 31 ? sign | 0x7c00 : sign | (exponent << 10) | ((bits >>> 13) & 0x3ff);
}
