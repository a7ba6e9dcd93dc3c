import { PlatformError } from "../base/index.ts";
import { createStorage, type DType, elementBytes, type NumericDType, viewStorage } from "./dtype.ts";
import { Strings } from "./strings.ts";
import { byteLength, elementCount, type Tensor } from "./tensor.ts";

/** Bytes that {@link encodeRaw} writes for a tensor. */
function rawByteLength(tensor: Tensor): number {
  return byteLength(tensor) + (tensor.dtype === "BYTES" ? 4 * tensor.data.length : 0);
}

/**
 * A tensor's elements as the wires carry them: row-major, little-endian; BYTES with a 4-byte
 * length before each element. Numbers are a view of the tensor's own memory, not a copy.
 *
 * Source: Open Inference Protocol, binary tensor data extension.
 */
export function encodeRaw(tensor: Tensor): Uint8Array {
  const { data } = tensor;
  if (!(data instanceof Strings)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const out = Buffer.allocUnsafe(rawByteLength(tensor));
  let at = 0;
  for (let i = 0; i < data.length; i++) {
    const item = data.bytesAt(i);
    at = out.writeUInt32LE(item.length, at);
    out.set(item, at);
    at += item.length;
  }
  return out;
}

/**
 * The inverse of {@link encodeRaw}. Numbers are viewed where their alignment allows, else copied,
 * so `bytes` must not change afterwards.
 *
 * @throws PlatformError `invalid_argument` if `bytes` does not hold exactly the elements of `shape`.
 */
export function decodeRaw(dtype: DType, shape: readonly number[], bytes: Uint8Array): Tensor {
  const count = elementCount(shape);
  if (dtype === "BYTES") return { dtype, shape, data: decodeStrings(count, bytes) };
  return { dtype, shape, data: decodeNumbers(dtype, count, bytes) };
}

function decodeNumbers(dtype: NumericDType, count: number, bytes: Uint8Array): Tensor["data"] {
  const size = elementBytes(dtype);
  if (bytes.length !== count * size) throw wrongSize(`${count * size} bytes`, `${bytes.length} bytes`);
  if (bytes.byteOffset % size === 0) return viewStorage(dtype, bytes.buffer, bytes.byteOffset, count);
  const data = createStorage(dtype, count);
  new Uint8Array(data.buffer).set(bytes);
  return data;
}

function decodeStrings(count: number, bytes: Uint8Array): Strings {
  // Each element takes at least its length, so a declared count is bounded before memory is.
  if (count * 4 > bytes.length) throw wrongSize(`${count} strings`, `${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packed = Buffer.allocUnsafe(bytes.length - 4 * count);
  const offsets = new Uint32Array(count + 1);
  let from = 0;
  let to = 0;
  for (let i = 0; i < count; i++) {
    if (from + 4 > bytes.length) throw wrongSize(`${count} strings`, `${i} strings`);
    const length = view.getUint32(from, true);
    from += 4;
    if (length > bytes.length - from) {
      throw wrongSize(`${length} bytes in string ${i}`, `${bytes.length - from} bytes`);
    }
    packed.set(bytes.subarray(from, from + length), to);
    from += length;
    to += length;
    offsets[i + 1] = to;
  }
  if (from !== bytes.length) throw wrongSize(`${count} strings`, `${bytes.length - from} bytes more`);
  return new Strings(packed.subarray(0, to), offsets);
}

function wrongSize(expected: string, got: string): PlatformError {
  return new PlatformError("invalid_argument", `tensor data has ${got}, expected ${expected}`, {
    expected,
    got,
  });
}
