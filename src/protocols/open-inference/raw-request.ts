import type { TensorSpec, VersionDescription } from "../../model/index.ts";
import { elementBytes, elementCount, Strings, type Tensor } from "../../tensor/index.ts";
import type { RestCall, Target } from "./decode-json.ts";
import { inputTooLarge } from "./limits.ts";
import { maxBatchRows } from "./model-config.ts";
import { decodeRawTensor } from "./raw-tensor.ts";
import { refuse } from "./refusal.ts";

/**
 * A raw binary request: the whole body is the one input, as one row if the model batches; all
 * outputs come back as bytes.
 *
 * @throws PlatformError `invalid_argument` in the contract's words.
 * @see Triton, extension_binary_data.md, "Raw Binary Request".
 */
export function decodeRawRequest(
  target: Target,
  body: Uint8Array,
  description: VersionDescription,
  maxInputBytes: number,
): RestCall {
  const { model, version } = target;
  const [spec, ...others] = description.signature.inputs;
  if (!spec || others.length > 0) {
    const count = description.signature.inputs.length;
    const text = `Raw request must only have 1 input (found 1) to be deduced but got ${count} inputs in '${model}' model configuration`;
    throw refuse("invalid_argument", text, { expected: "a model with one input" });
  }
  if (body.length > maxInputBytes) throw inputTooLarge("Raw input", body.length, maxInputBytes);
  const tensor = rawTensor(spec, body, maxBatchRows(description) > 0, model);
  return {
    id: "",
    model,
    version,
    inputs: new Map([[spec.name, tensor]]),
    outputs: undefined,
    options: undefined,
    binaryOutput: true,
  };
}

function rawTensor(spec: TensorSpec, body: Uint8Array, isBatched: boolean, model: string): Tensor {
  const { name, dtype } = spec;
  const place = { id: "", model };
  const dims = isBatched ? spec.shape.slice(1) : [...spec.shape];
  if (dtype === "BYTES") return rawText(spec, dims, body, isBatched);
  const free = dims.indexOf(-1);
  if (free !== dims.lastIndexOf(-1)) {
    const text = `The shape of the raw input '${name}' can not be deduced because there are more than one variable-sized dimension`;
    throw refuse("invalid_argument", text, { field: name, got: `[${spec.shape}]` });
  }
  if (free >= 0) {
    const fixed = elementCount(dims.filter((size) => size !== -1)) * elementBytes(dtype);
    dims[free] = fixed === 0 ? 0 : Math.floor(body.length / fixed);
  }
  const shape = isBatched ? [1, ...dims] : dims;
  return decodeRawTensor({ name, dtype, shape, count: elementCount(shape) }, body, place);
}

/** The whole body as one string. */
function rawText(
  { name, dtype, shape: declared }: TensorSpec,
  dims: number[],
  body: Uint8Array,
  isBatched: boolean,
): Tensor {
  if (dims.length > 1 || (dims.length === 1 && dims[0] !== 1 && dims[0] !== -1)) {
    const text = `For BYTE datatype raw input '${name}', the model must have input shape [1]`;
    throw refuse("invalid_argument", text, { field: name, got: `[${declared}]`, expected: "[1]" });
  }
  const shape = [...(isBatched ? [1] : []), ...dims.map(() => 1)];
  return { dtype, shape, data: Strings.from([body]) };
}
