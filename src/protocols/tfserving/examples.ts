import { type Json, PlatformError } from "../../base/index.ts";
import type { Payload, Signature } from "../../model/index.ts";
import { rowCount, Strings, type Tensor, type Tensors } from "../../tensor/index.ts";
import { checkSignature, objectOf } from "./decode.ts";
import { decodeBytes } from "./decode-bytes.ts";

type JsonObject = { readonly [name: string]: Json };

/** The rows of `:classify` and `:regress`: `examples` of features, with a `context` that is in each. */
export function decodeExamples(body: Uint8Array): Payload {
  const request = objectOf(body);
  checkSignature(request["signature_name"]);
  const { examples, context } = request;
  if (examples === undefined) {
    throw wrong("When method is classify, key 'examples' is expected and was not found");
  }
  if (!Array.isArray(examples)) throw wrong("Expecting 'examples' value to be an list/array");
  if (examples.length === 0) throw wrong("'examples' value is an empty array");
  const shared = context === undefined ? {} : features(context, "context");
  const rows = (examples as readonly Json[]).map((example, i) => {
    const own = features(example, `examples[${i}]`);
    const twice = Object.keys(own).find((name) => Object.hasOwn(shared, name));
    if (twice !== undefined) throw wrong(`Feature: ${twice} is in both context and example ${i}`);
    return { ...shared, ...own };
  });
  return { kind: "rows", rows };
}

/** Features by name; a list of one value is that value, as columns have one. */
function features(value: Json, where: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrong(
      `Example must be JSON object but got JSON ${Array.isArray(value) ? "Array" : typeof value}`,
      where,
    );
  }
  const entries = Object.entries(value as JsonObject).map(
    ([name, feature]) => [name, plain(name, feature)] as const,
  );
  return Object.fromEntries(entries);
}

function plain(name: string, feature: Json): Json {
  if (Array.isArray(feature)) {
    const [only] = feature as readonly Json[];
    return feature.length === 1 && only !== undefined ? plain(name, only) : (feature as Json);
  }
  if (typeof feature !== "object" || feature === null) {
    if (feature === null) throw wrong(`Feature: ${name} has element with unexpected JSON type: Null`);
    return feature;
  }
  const { b64 } = feature as JsonObject;
  if (typeof b64 === "string" && Object.keys(feature).length === 1) return decodeBytes(feature);
  throw wrong(`Feature: ${name} has element with unexpected JSON type: Object`);
}

/** `[["label", score], …]` for each row: scores `[N, classes]` with the model's class names. */
export function encodeClassification(
  outputs: Tensors,
  signature: Signature,
  labels: readonly string[],
): string {
  const scores = [...outputs].find(([, { dtype, shape }]) => dtype === "FP32" && shape.length === 2);
  if (!scores) throw noSuch("Expected Tensor shape: [batch_size num_classes]", outputs);
  const [name, tensor] = scores;
  const named = signature.outputs.find((spec) => spec.name === name)?.labels ?? [];
  const known = labels.length > 0 ? labels : named;
  const classes = tensor.shape[1] ?? 0;
  const data = tensor.data as Float32Array;
  const rows = Array.from({ length: rowCount(tensor) }, (_, row) =>
    Array.from({ length: classes }, (_unused, i) => [known[i] ?? "", data[row * classes + i] ?? 0]),
  );
  return JSON.stringify({ results: rows });
}

/** One number for each row: an output `[N]` or `[N, 1]`. */
export function encodeRegression(outputs: Tensors): string {
  const values = [...outputs.values()].find(isRegression);
  if (!values) {
    throw noSuch("Expected output Tensor shape to be either [batch_size] or [batch_size, 1]", outputs);
  }
  return JSON.stringify({ results: Array.from(values.data as Float32Array, Number) });
}

function isRegression({ dtype, shape, data }: Tensor): boolean {
  const isFloat = dtype === "FP32" || dtype === "FP64";
  return (
    isFloat && !(data instanceof Strings) && (shape.length === 1 || (shape.length === 2 && shape[1] === 1))
  );
}

function noSuch(expected: string, outputs: Tensors): PlatformError {
  const got = [...outputs].map(([name, { dtype, shape }]) => `${name} ${dtype} [${shape}]`).join(", ");
  return new PlatformError("invalid_argument", `${expected} but got ${got}`, { field: "outputs", got });
}

function wrong(message: string, field = "examples"): PlatformError {
  return new PlatformError("invalid_argument", message, { field });
}
