import { decodeRaw, elementBytes, type Tensor } from "../../tensor/index.ts";
import type { InputHead, Place } from "./infer-call.ts";
import { refuseRequest } from "./refusal.ts";

/**
 * An input's tensor from its bytes, as a view of them where alignment allows, with the contract's
 * refusals.
 *
 * @throws PlatformError `invalid_argument`.
 */
export function decodeRawTensor(head: InputHead, bytes: Uint8Array, place: Place): Tensor {
  const { dtype, shape, count, name } = head;
  if (dtype === "BYTES") {
    const problem = stringsProblem(head, bytes, place.model);
    if (problem) throw refuseRequest(place.id, problem, { field: name, expected: `${count} strings` });
    return decodeRaw(dtype, shape, bytes);
  }
  const expected = count * elementBytes(dtype);
  if (bytes.length !== expected) throw wrongByteSize(head, expected, bytes.length, place);
  if (dtype === "BOOL" && bytes.some((byte) => byte > 1)) throw notBoolean(head, bytes, place);
  return decodeRaw(dtype, shape, bytes);
}

/** The refusal of a tensor whose bytes are not those of its shape. */
export function wrongByteSize(
  { name }: InputHead,
  expected: number,
  got: number,
  { id, model }: Place,
): Error {
  const text = `input byte size mismatch for input '${name}' for model '${model}'. Expected ${expected}, got ${got}`;
  return refuseRequest(id, text, { field: name, got: `${got} bytes`, expected: `${expected} bytes` });
}

/** The refusal of another number of strings than the shape holds. */
export function wrongStringCount({ name, count }: InputHead, got: number, { id, model }: Place): Error {
  const at = `for inference input '${name}' for model '${model}'`;
  const text =
    got < count
      ? `expected ${count} string elements ${at}, got ${got}`
      : `unexpected number of string elements ${got} ${at}, expecting ${count}`;
  return refuseRequest(id, text, { field: name, got: `${got} strings`, expected: `${count} strings` });
}

function notBoolean({ name }: InputHead, bytes: Uint8Array, { id, model }: Place): Error {
  const got = String(bytes.find((byte) => byte > 1));
  const text = `input '${name}' for model '${model}' has byte ${got} as BOOL, expected 0 or 1`;
  return refuseRequest(id, text, { field: name, got, expected: "0 or 1" });
}

/** Why `bytes` are not `count` length-prefixed strings; undefined if they are. */
function stringsProblem({ name, count }: InputHead, bytes: Uint8Array, model: string): string | undefined {
  const at = `for inference input '${name}' for model '${model}'`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let found = 0;
  let from = 0;
  for (; from < bytes.length; found++) {
    if (found === count) return `unexpected number of string elements ${count + 1} ${at}, expecting ${count}`;
    const left = bytes.length - from;
    if (left < 4) {
      return `incomplete string length indicator ${at}, expecting 4 bytes but only ${left} bytes available.`;
    }
    const length = view.getUint32(from, true);
    if (length > left - 4) {
      return `incomplete string data ${at}, expecting string of length ${length} but only ${left - 4} bytes available.`;
    }
    from += 4 + length;
  }
  return found === count ? undefined : `expected ${count} string elements ${at}, got ${found}`;
}
