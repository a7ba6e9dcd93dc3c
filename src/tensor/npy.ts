import { PlatformError } from "../base/index.ts";
import { type DType, elementBytes, type NumericDType } from "./dtype.ts";
import { decodeRaw, encodeRaw } from "./raw.ts";
import type { Tensor } from "./tensor.ts";

const MAGIC = Buffer.from("\u0093NUMPY", "latin1");
const MAX_HEADER_BYTES = 65_536;
/** numpy's own limit was 32 until 2024, and is 64. */
const MAX_RANK = 32;
/** Of all axes that are not empty: an empty one makes any other free of cost. */
const MAX_ELEMENTS = 2 ** 40;

const DTYPES = new Map<string, NumericDType>([
  ["|b1", "BOOL"],
  ["|u1", "UINT8"],
  ["<u2", "UINT16"],
  ["<u4", "UINT32"],
  ["<u8", "UINT64"],
  ["|i1", "INT8"],
  ["<i2", "INT16"],
  ["<i4", "INT32"],
  ["<i8", "INT64"],
  ["<f2", "FP16"],
  ["<f4", "FP32"],
  ["<f8", "FP64"],
]);
const CODES = new Map<DType, string>([...DTYPES].map(([code, dtype]) => [dtype, code]));

/**
 * An array as numpy saves it.
 *
 * @throws PlatformError `invalid_argument`: pickled objects, big-endian and Fortran order are refused.
 * @see NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays".
 */
export function decodeNpy(bytes: Uint8Array): Tensor {
  const { header, start } = headerOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  const code = /'descr': *'([^']{1,20})'/.exec(header)?.[1] ?? "";
  const dtype = DTYPES.get(code);
  if (!dtype) throw wrong(`its type is "${code}"`, [...DTYPES.keys()].join(", "));
  if (!/'fortran_order': *False/.test(header)) throw wrong("it is in Fortran order", "C order");
  const shape = shapeOf(/'shape': *\(([0-9, L]{0,1000})\)/.exec(header)?.[1]);
  const expected = shape.reduce((product, size) => product * size, 1) * elementBytes(dtype);
  if (bytes.length - start === expected) return decodeRaw(dtype, shape, bytes.slice(start));
  throw wrong(`it has ${bytes.length - start} bytes of data`, `${expected} bytes`);
}

/** The text of the header, and where the data begin. */
function headerOf(file: Buffer): { readonly header: string; readonly start: number } {
  if (!file.subarray(0, 6).equals(MAGIC)) throw wrong("it does not begin as numpy files do");
  const isLong = file[6] !== 1;
  const lead = isLong ? 12 : 10;
  if (file.length < lead) throw wrong("it ends within its header");
  const length = isLong ? file.readUInt32LE(8) : file.readUInt16LE(8);
  const start = lead + length;
  if (length > MAX_HEADER_BYTES || start > file.length) throw wrong("it ends within its header");
  return { header: file.toString("latin1", lead, start), start };
}

function shapeOf(text: string | undefined): number[] {
  if (text === undefined) throw wrong("its shape cannot be read");
  const sizes = text.split(",").map((part) => part.trim().replace(/L$/, ""));
  const numbers = sizes.filter((part) => part !== "").map(Number);
  const elements = numbers.reduce((product, size) => product * (size || 1), 1);
  const isTaken = numbers.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (isTaken && numbers.length <= MAX_RANK && elements <= MAX_ELEMENTS) return numbers;
  throw wrong(`its shape is (${text.slice(0, 100)})`, `at most ${MAX_RANK} axes of ${MAX_ELEMENTS} elements`);
}

/** A tensor as numpy saves it, version 1.0. @throws PlatformError `invalid_argument` for strings and BF16. */
export function encodeNpy(tensor: Tensor): Uint8Array[] {
  const code = CODES.get(tensor.dtype);
  if (code === undefined) {
    throw new PlatformError("invalid_argument", `${tensor.dtype} has no form in numpy files`, {
      field: "accept",
      got: "application/x-npy",
      expected: "application/json",
    });
  }
  const shape = tensor.shape.length === 1 ? `${tensor.shape[0]},` : tensor.shape.join(", ");
  const text = `{'descr': '${code}', 'fortran_order': False, 'shape': (${shape}), }`;
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const head = Buffer.alloc(10);
  MAGIC.copy(head);
  head[6] = 1;
  head.writeUInt16LE(padded.length, 8);
  return [head, Buffer.from(padded, "latin1"), encodeRaw(tensor)];
}

function wrong(problem: string, expected = "an array of numbers, little-endian, in C order"): PlatformError {
  return new PlatformError("invalid_argument", `this is no numpy file that is taken: ${problem}`, {
    field: "body",
    expected,
  });
}
