import { PlatformError } from "../base/index.ts";
import type { Signature, TensorSpec } from "../model/index.ts";
import { elementCount, type Tensor, type Tensors } from "../tensor/index.ts";
import { resizeAxis } from "./resize-axis.ts";
import { freeRowAxes } from "./shape-key.ts";

/** The inputs of one request, padded, and what undoes it on its outputs. */
export interface Padded {
  readonly inputs: Tensors;
  readonly cutBack: (outputs: Tensors) => Tensors;
}

export interface PaddingOptions {
  /** Buckets: sizes to pad to, ascending. Empty: no padding. */
  readonly padTo: readonly number[];
  /** INT64 input that is 1 for data and 0 for padding. */
  readonly maskInput: string | undefined;
}

/**
 * Padding to buckets, so that requests of different lengths share batches. It concerns the one
 * free size of the inputs beyond axis 0, such as the length of a sequence:
 *
 * - Every input with such a size, the mask included, has the same size L there in one request.
 *   A request in which they differ, or L is above the largest bucket, is left as it is.
 * - All these inputs are padded from L to the next bucket with 0 or "".
 * - The mask, if the request has none, is 1 for the first L and 0 behind, in each row; one that
 *   the request brings is padded with 0 like the others.
 * - Outputs whose spec leaves the same size free (the same symbol, where the file names both) and
 *   which came out as large as the bucket are cut back to L.
 */
export class Padding {
  /** What requests must fit: the session's signature, in which the mask may be missing. */
  readonly signature: Signature;
  readonly #inputs: readonly (readonly [spec: TensorSpec, axis: number])[];
  readonly #outputs: ReadonlyMap<string, readonly number[]>;
  readonly #mask: TensorSpec | undefined;
  readonly #padTo: readonly number[];

  /**
   * @throws PlatformError `failed_precondition` if the inputs have no free size or several, or
   *   the mask is not an INT64 input that has it.
   */
  constructor(signature: Signature, { padTo, maskInput }: PaddingOptions) {
    this.#padTo = padTo.toSorted((a, b) => a - b);
    this.#inputs = signature.inputs.flatMap((spec) => freeRowAxes(spec).map((axis) => [spec, axis] as const));
    const symbols = new Set(this.#inputs.map(([spec, axis]) => spec.symbols?.[axis]));
    const specs = new Set(this.#inputs.map(([spec]) => spec));
    if (symbols.size !== 1 || specs.size !== this.#inputs.length) throw notOneSize(this.#inputs);
    const [symbol] = symbols;
    this.#outputs = new Map(signature.outputs.map((spec) => [spec.name, axesOf(spec, symbol)]));
    this.signature = signature;
    if (maskInput === undefined) return;
    const inputs = signature.inputs.map((spec) =>
      spec.name === maskInput ? { ...spec, optional: true } : spec,
    );
    this.signature = { ...signature, inputs };
    this.#mask = this.#inputs.find(([spec]) => spec.name === maskInput && spec.dtype === "INT64")?.[0];
    if (!this.#mask) throw notAMask(maskInput, [...specs]);
  }

  /** `rows` is the request's row count. */
  pad(inputs: Tensors, rows: number): Padded {
    const size = this.#commonSize(inputs);
    if (size === undefined) return { inputs, cutBack: (outputs) => outputs };
    const bucket = this.#padTo.find((candidate) => candidate >= size) ?? size;
    const padded = new Map(inputs);
    for (const [spec, axis] of this.#inputs) {
      const tensor = inputs.get(spec.name) ?? (spec === this.#mask ? ones(spec, rows, size) : undefined);
      if (tensor) padded.set(spec.name, bucket === size ? tensor : resizeAxis(tensor, axis, bucket));
    }
    return { inputs: padded, cutBack: (outputs) => this.#cutBack(outputs, bucket, size) };
  }

  /** Undefined where the inputs differ. */
  #commonSize(inputs: Tensors): number | undefined {
    let size: number | undefined;
    for (const [spec, axis] of this.#inputs) {
      const tensor = inputs.get(spec.name);
      if (!tensor) continue;
      size ??= tensor.shape[axis];
      if (tensor.shape[axis] !== size) return undefined;
    }
    return size;
  }

  #cutBack(outputs: Tensors, bucket: number, size: number): Tensors {
    if (bucket === size) return outputs;
    const cut = new Map(outputs);
    for (const [name, tensor] of outputs) {
      for (const axis of this.#outputs.get(name) ?? []) {
        if (tensor.shape[axis] === bucket) cut.set(name, resizeAxis(cut.get(name) ?? tensor, axis, size));
      }
    }
    return cut;
  }
}

/** Free axes of an output that may be the padded size: all, but those with another symbol. */
function axesOf(spec: TensorSpec, symbol: string | undefined): number[] {
  return freeRowAxes(spec).filter((axis) => {
    const own = spec.symbols?.[axis];
    return own === undefined || symbol === undefined || own === symbol;
  });
}

function ones(spec: TensorSpec, rows: number, size: number): Tensor {
  const shape = spec.shape.map((declared, axis) => (declared >= 0 ? declared : axis === 0 ? rows : size));
  return { dtype: "INT64", shape, data: new BigInt64Array(elementCount(shape)).fill(1n) };
}

function notOneSize(inputs: readonly (readonly [spec: TensorSpec, axis: number])[]): PlatformError {
  const list = inputs.map(([spec, axis]) => `${spec.name}[${axis}] ${spec.symbols?.[axis] ?? ""}`.trim());
  const got = list.length > 0 ? list.join(", ") : "none";
  const message = `padTo needs inputs with one free size beyond the rows, got ${got}`;
  return new PlatformError("failed_precondition", message, { field: "batching.padTo", got });
}

function notAMask(name: string, specs: readonly TensorSpec[]): PlatformError {
  const expected = `an INT64 input with the free size, of ${specs.map((spec) => spec.name).join(", ")}`;
  return new PlatformError("failed_precondition", `maskInput is "${name}", expected ${expected}`, {
    field: "batching.maskInput",
    got: name,
    expected,
  });
}
