import { shortestFloat32, writeFloat32, writeJson } from "../../base/index.ts";
import { elementBytes, encodeRaw, Strings, type Tensor } from "../../tensor/index.ts";
import type { RestCall } from "./decode-json.ts";
import type { InferAnswer } from "./infer.ts";
import { notInJson } from "./json-tensor.ts";

/** An encoded answer: JSON alone, or JSON with raw tensors after it. */
export interface EncodedAnswer {
  readonly json: string;
  /** Raw tensors in the order of the outputs; those without bytes are left out. */
  readonly tail: readonly Uint8Array[];
}

/**
 * Encodes an answer as the request asks for each output.
 *
 * @throws PlatformError `invalid_argument` for FP16 and BF16 in JSON.
 */
export function encodeInferAnswer(answer: InferAnswer, call: RestCall): EncodedAnswer {
  const tail: Uint8Array[] = [];
  const id = call.id === "" ? "" : `"id":${JSON.stringify(call.id)},`;
  let json = `{${id}"model_name":${JSON.stringify(answer.model)},"model_version":"${answer.version}","outputs":[`;
  let separator = "";
  for (const [name, tensor] of answer.outputs) {
    json += `${separator}{"name":${JSON.stringify(name)},"datatype":"${tensor.dtype}","shape":[${printShape(tensor.shape)}],`;
    if (isBinary(call, name)) {
      const raw = encodeRaw(tensor);
      json += `"parameters":{"binary_data_size":${raw.length}}}`;
      if (raw.length > 0) tail.push(raw);
    } else {
      json += `"data":[${printElements(tensor)}]}`;
    }
    separator = ",";
  }
  return { json: `${json}]}`, tail };
}

function isBinary({ outputs, binaryOutput }: RestCall, name: string): boolean {
  if (outputs === undefined) return binaryOutput;
  return outputs.find((output) => output.name === name)?.binary ?? binaryOutput;
}

function printShape(shape: readonly number[]): string {
  if (shape.length === 1) return String(shape[0]);
  return shape.join(",");
}

/** The elements, row-major and flat, between the brackets. */
function printElements({ data, dtype }: Tensor): string {
  if (data instanceof Strings) return printStrings(data);
  if (dtype === "FP32") return printFloats(data as Float32Array);
  if (dtype === "FP64") return printDoubles(data as Float64Array);
  if (dtype === "BOOL") return printBooleans(data as Uint8Array);
  if (dtype === "FP16" || dtype === "BF16") throw notInJson(dtype, "output", "sending");
  // Bytes as text is what join gives for every integer type; bigint prints digit by digit.
  return elementBytes(dtype) === 8 && data.length === 1 ? String(data[0]) : (data as Int32Array).join(",");
}

/** From this many on, the engine's own writer is faster than joining texts. */
const LONG = 64;

function printFloats(values: Float32Array): string {
  if (values.length >= LONG && values.every(isPlain)) return printPlain(values, shortestFloat32);
  let text = "";
  for (let i = 0; i < values.length; i++) {
    const value = writeFloat32(values[i] ?? 0);
    text += i === 0 ? value : `,${value}`;
  }
  return text;
}

function printDoubles(values: Float64Array): string {
  if (values.length >= LONG && values.every(isPlain)) return printPlain(values, Number);
  let text = "";
  for (let i = 0; i < values.length; i++) {
    const value = writeJson(values[i] ?? 0, TOKENS);
    text += i === 0 ? value : `,${value}`;
  }
  return text;
}

const TOKENS = { nonFinite: "token" } as const;

/** Whether JSON.stringify keeps a number: it does not keep NaN, infinities and -0. */
function isPlain(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

function printPlain(values: Float32Array | Float64Array, shortest: (value: number) => number): string {
  const numbers: number[] = [];
  for (let i = 0; i < values.length; i++) numbers.push(shortest(values[i] ?? 0));
  return JSON.stringify(numbers).slice(1, -1);
}

function printBooleans(values: Uint8Array): string {
  let text = "";
  for (let i = 0; i < values.length; i++) text += `${i === 0 ? "" : ","}${values[i] !== 0}`;
  return text;
}

/** Bytes as UTF-8 text; what is not UTF-8 becomes U+FFFD, because JSON has no bytes. */
function printStrings(strings: Strings): string {
  let text = "";
  for (let i = 0; i < strings.length; i++) text += (i === 0 ? "" : ",") + JSON.stringify(strings.at(i));
  return text;
}
