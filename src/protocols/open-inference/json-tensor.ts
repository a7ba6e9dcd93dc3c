import {
  type Filled,
  type FloatArray,
  fillBooleans,
  fillFloats,
  fillIntegers,
  fillLongs,
  type IntegerArray,
  JsonSpan,
  type LongArray,
  type PackedTexts,
  readTexts,
  type SpannedJson,
} from "../../base/index.ts";
import { createStorage, type DType, type NumericDType, Strings, type Tensor } from "../../tensor/index.ts";
import type { InputHead, Place } from "./infer-call.ts";
import { wrongKind } from "./json-fields.ts";
import { wrongStringCount } from "./raw-tensor.ts";
import { bodyFault, jsonFault, refuse } from "./refusal.ts";

const LIMITS = { nonFinite: true } as const;

/**
 * An input's tensor from its JSON `data`, nested or flat, with the contract's refusals.
 *
 * @throws PlatformError `invalid_argument`.
 */
export function decodeJsonTensor(head: InputHead, data: SpannedJson, place: Place): Tensor {
  const { dtype, shape, count } = head;
  if (dtype === "FP16" || dtype === "BF16") throw notInJson(dtype, `input ${head.name}`, "receiving");
  if (!(data instanceof JsonSpan)) throw wrongKind("data", "non-array as array");
  if (dtype === "BYTES") return { dtype, shape, data: decodeTexts(head, data, place) };
  // Each leaf takes at least a byte, so a declared count is bounded before memory is.
  if (count > data.end - data.start) throw wrongCount();
  const storage = createStorage(dtype, count);
  const filled = fill(dtype, data, storage);
  if (filled !== "ok") throw notFilled(filled, head);
  return { dtype, shape, data: storage };
}

/** FP16 and BF16 have no JSON form in this protocol. */
export function notInJson(dtype: DType, place: string, verb: "receiving" | "sending"): Error {
  const text = `${verb} ${dtype} data via JSON is not supported. Please use the binary data format for ${place}`;
  return refuse("invalid_argument", text, { got: dtype, expected: "binary data" });
}

/** A syntax error inside a span, which is a JSON fault of the request. */
function spanFault(cause: unknown): Error {
  const problem = cause instanceof Error ? cause.message : "invalid JSON";
  return bodyFault(problem, { field: "data", cause });
}

function fill(dtype: NumericDType, span: JsonSpan, storage: Exclude<Tensor["data"], Strings>): Filled {
  try {
    if (dtype === "FP32" || dtype === "FP64") return fillFloats(span, storage as FloatArray, LIMITS);
    if (dtype === "INT64" || dtype === "UINT64") return fillLongs(span, storage as LongArray, LIMITS);
    if (dtype === "BOOL") return fillBooleans(span, storage as Uint8Array, LIMITS);
    return fillIntegers(span, storage as IntegerArray, LIMITS);
  } catch (cause) {
    throw spanFault(cause);
  }
}

function readStrings(span: JsonSpan, count: number): PackedTexts | "kind" | number {
  try {
    return readTexts(span, count, LIMITS);
  } catch (cause) {
    throw spanFault(cause);
  }
}

function decodeTexts(head: InputHead, span: JsonSpan, place: Place): Strings {
  const packed = readStrings(span, head.count);
  if (packed === "kind") {
    const text = "Unable to parse JSON bytes array: attempt to access JSON non-string as string";
    throw jsonFault(text, { field: head.name, expected: "strings" });
  }
  if (typeof packed === "object") return new Strings(packed.bytes, packed.offsets);
  throw wrongStringCount(head, packed, place);
}

function notFilled(filled: "count" | "kind" | "range", { name, dtype }: InputHead): Error {
  if (filled === "count") return wrongCount();
  if (filled === "kind") return wrongKind("data", KINDS.get(dtype) ?? "non-number as double");
  const text = `Unable to parse 'data': a value of input '${name}' is outside the range of ${dtype}`;
  return refuse("invalid_argument", text, { field: name, expected: `values of ${dtype}` });
}

function wrongCount(): Error {
  return jsonFault("Unable to parse 'data': Shape does not match true shape of 'data' field", {
    field: "data",
  });
}

const SIGNED = "non-signed-integer as signed-integer";
const UNSIGNED = "non-unsigned-integer as unsigned-integer";
const KINDS = new Map<DType, string>([
  ["BOOL", "non-boolean as boolean"],
  ["INT8", SIGNED],
  ["INT16", SIGNED],
  ["INT32", SIGNED],
  ["INT64", SIGNED],
  ["UINT8", UNSIGNED],
  ["UINT16", UNSIGNED],
  ["UINT32", UNSIGNED],
  ["UINT64", UNSIGNED],
]);
