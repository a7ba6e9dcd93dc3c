import type { SpannedJson } from "../../base/index.ts";
import { elementBytes, isDType, type Tensor } from "../../tensor/index.ts";
import type { InputHead, Place } from "./infer-call.ts";
import { asArray, asObject, asString, asUnsigned, type JsonObject, requiredField } from "./json-fields.ts";
import { decodeJsonTensor } from "./json-tensor.ts";
import { inputTooLarge } from "./limits.ts";
import { decodeRawTensor } from "./raw-tensor.ts";
import { refuse, refuseRequest } from "./refusal.ts";
import { checkedCount } from "./shape.ts";
import { regionNotFound } from "./shared-memory.ts";

/** Decodes the inputs of a JSON request in order, taking those with a binary size from the tail. */
export class InputDecoder {
  readonly #place: Place;
  readonly #tail: Uint8Array;
  readonly #maxInputBytes: number;
  #at = 0;

  constructor(place: Place, tail: Uint8Array, maxInputBytes: number) {
    this.#place = place;
    this.#tail = tail;
    this.#maxInputBytes = maxInputBytes;
  }

  decodeAll(items: readonly SpannedJson[]): Map<string, Tensor> {
    const inputs = new Map<string, Tensor>();
    for (const item of items) {
      const input = asObject(item, "inputs");
      const name = asString(requiredField(input, "name"), "name");
      if (inputs.has(name)) {
        throw refuseRequest(this.#place.id, `input '${name}' already exists in request`, { field: name });
      }
      inputs.set(name, this.#decode(name, input));
    }
    if (this.#at < this.#tail.length) {
      const text = `unexpected additional input data for model '${this.#place.model}'`;
      throw refuse("invalid_argument", text, { got: `${this.#tail.length - this.#at} bytes more` });
    }
    return inputs;
  }

  #decode(name: string, input: JsonObject): Tensor {
    const head = decodeHead(name, input);
    const parameters = input["parameters"];
    const binaryBytes = parameters === undefined ? undefined : binarySize(asObject(parameters, "parameters"));
    if (binaryBytes === undefined) {
      const bytes = head.count * elementBytes(head.dtype);
      const max = this.#maxInputBytes;
      if (bytes > max) throw inputTooLarge(`JSON input '${name}'`, bytes, max);
      return decodeJsonTensor(head, requiredField(input, "data"), this.#place);
    }
    if (input["data"] !== undefined) {
      const text = `input '${name}' has both 'data' and 'binary_data_size', expected one of them`;
      throw refuse("invalid_argument", text, { field: name, expected: "one source of data" });
    }
    return decodeRawTensor(head, this.#take(name, binaryBytes), this.#place);
  }

  #take(name: string, bytes: number): Uint8Array {
    const left = this.#tail.length - this.#at;
    if (bytes > left) {
      const text = `unexpected size for input '${name}', expecting ${bytes - left} additional bytes for model '${this.#place.model}'`;
      throw refuse("invalid_argument", text, {
        field: name,
        got: `${left} bytes`,
        expected: `${bytes} bytes`,
      });
    }
    this.#at += bytes;
    return this.#tail.subarray(this.#at - bytes, this.#at);
  }
}

function decodeHead(name: string, input: JsonObject): InputHead {
  const dtype = asString(requiredField(input, "datatype"), "datatype");
  if (!isDType(dtype)) {
    const text = `invalid datatype '${dtype}' for input '${name}'`;
    throw refuse("invalid_argument", text, { field: name, got: dtype, expected: "a datatype such as FP32" });
  }
  const shape: number[] = [];
  for (const size of asArray(requiredField(input, "shape"), "shape")) shape.push(asUnsigned(size, "shape"));
  return { name, dtype, shape, count: checkedCount(name, dtype, shape) };
}

/** The `binary_data_size` of an input's parameters; undefined where its data is in the JSON. */
function binarySize(parameters: JsonObject): number | undefined {
  const region = parameters["shared_memory_region"];
  if (region !== undefined) throw regionNotFound(asString(region, "shared_memory_region"));
  const size = parameters["binary_data_size"];
  return size === undefined ? undefined : asUnsigned(size, "binary_data_size");
}
