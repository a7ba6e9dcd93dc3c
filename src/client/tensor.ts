import { SirveError } from "./error.ts";

/** Values of a tensor: FP16 and BF16 as Float32Array, BOOL as bytes 0 and 1, BYTES as byte strings. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | readonly (Uint8Array | string)[];

/** A named array with shape and dtype, as Open Inference V2 has them. */
export interface Tensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

const ARRAYS = {
  FP32: Float32Array,
  FP64: Float64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  BOOL: Uint8Array,
} as const;

/** The little-endian bytes of a tensor. Source: Open Inference Protocol, "Binary Tensor Data Extension". */
export function encodeTensor({ name, datatype, shape, data }: Tensor): Uint8Array<ArrayBuffer> {
  const count = shape.reduce((product, size) => product * size, 1);
  if (data.length !== count) {
    throw wrong(name, `${data.length} values`, `${count} for shape [${shape.join(", ")}]`);
  }
  if (datatype === "BYTES") return encodeStrings(data as readonly (Uint8Array | string)[]);
  if (datatype === "FP16" || datatype === "BF16") {
    const toBits = datatype === "FP16" ? halfBits : brainBits;
    return bytesOf(Uint16Array.from(data as Float32Array, toBits));
  }
  const array = Object.hasOwn(ARRAYS, datatype) ? ARRAYS[datatype as keyof typeof ARRAYS] : undefined;
  if (array === undefined) throw wrong(name, datatype, "a datatype of Open Inference V2");
  if (!(data instanceof array)) throw wrong(name, data.constructor.name, `${array.name} for ${datatype}`);
  return bytesOf(data);
}

/** The values in little-endian bytes. @throws SirveError if the bytes are no such tensor. */
export function decodeTensor(bytes: Uint8Array, { name, datatype, shape }: Omit<Tensor, "data">): TensorData {
  const count = shape.reduce((product, size) => product * size, 1);
  if (datatype === "BYTES") return decodeStrings(bytes, name, count);
  const isHalf = datatype === "FP16" || datatype === "BF16";
  const array = isHalf ? Uint16Array : ARRAYS[datatype as keyof typeof ARRAYS];
  if (array === undefined) throw wrong(name, datatype, "a datatype of Open Inference V2");
  if (bytes.length !== count * array.BYTES_PER_ELEMENT) {
    throw wrong(name, `${bytes.length} bytes`, `${count * array.BYTES_PER_ELEMENT}`);
  }
  const values = new array(bytes.slice().buffer);
  if (!isHalf) return values;
  return Float32Array.from(values as Uint16Array, datatype === "FP16" ? halfValue : brainValue);
}

const bytesOf = (array: ArrayBufferView) =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice();

function encodeStrings(items: readonly (Uint8Array | string)[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const parts = items.map((item) => (typeof item === "string" ? encoder.encode(item) : item));
  const out = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length, true);
    out.set(part, at + 4);
    at += 4 + part.length;
  }
  return out;
}

function decodeStrings(bytes: Uint8Array, name: string, count: number): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const items: Uint8Array[] = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const end = at + 4 + view.getUint32(at, true);
    if (end > bytes.length) break;
    items.push(bytes.slice(at + 4, end));
    at = end;
  }
  if (at === bytes.length && items.length === count) return items;
  throw wrong(name, `${items.length} whole strings in ${bytes.length} bytes`, `${count}`);
}

const scratch = new DataView(new ArrayBuffer(4));

function bitsOf(value: number): number {
  scratch.setFloat32(0, value);
  return scratch.getUint32(0);
}

function valueOfBits(bits: number): number {
  scratch.setUint32(0, bits);
  return scratch.getFloat32(0);
}

/** The 16 bits of the nearest half, ties to even. Source: IEEE 754, binary16. */
function halfBits(value: number): number {
  const bits = bitsOf(value);
  const sign = (bits >>> 16) & 0x8000;
  if (Number.isNaN(value)) return 0x7e00;
  const size = Math.abs(Math.fround(value));
  if (size >= 65520) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | toEven(size * 2 ** 24);
  const exponent = ((bits >>> 23) & 0xff) - 127;
  return sign | (((exponent + 15) << 10) + toEven((size / 2 ** exponent - 1) * 1024));
}

function toEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function brainBits(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0;
  const bits = bitsOf(value);
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

const brainValue = (bits: number) => valueOfBits((bits << 16) >>> 0);

function wrong(field: string, got: string, expected: string): SirveError {
  const message = `tensor ${field} does not fit: got ${got}, expected ${expected}`;
  return new SirveError(message, { status: 0, code: "invalid_argument", field, got, expected });
}
