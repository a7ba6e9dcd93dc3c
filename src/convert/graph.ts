import type { Draft } from "../base/index.ts";
import type { AttributeProto, ModelProto, NodeProto, TensorProto } from "../onnx/index.ts";

type Node = Draft<NodeProto>;
type Tensor = Draft<TensorProto>;

/** TensorProto.DataType. */
const [FLOAT, INT64] = [1, 7];
/** AttributeProto.AttributeType. */
const ATTRIBUTE_INT = 2;
const ML = "ai.onnx.ml";

/** Name of the one input: a matrix with a column for each feature. */
export const INPUT = "features";

/** What a model answers: outputs in order. */
export interface Output {
  readonly name: string;
  readonly type: "float" | "int64";
  /** Values of one row; undefined: one, without an axis of its own. */
  readonly width?: number;
}

/** Puts a graph together, node after node; each step gives the name of what it made. */
export class GraphBuilder {
  readonly #nodes: Node[] = [];
  readonly #constants: Tensor[] = [];

  /** Adds an operator of ONNX with one output. */
  add(
    opType: string,
    input: readonly string[],
    output: string,
    attribute: Draft<AttributeProto>[] = [],
  ): string {
    return this.#push({ opType, input, output: [output], name: output, attribute });
  }

  /** Trees that are summed up: [N, targets]. */
  forest(attributes: Draft<AttributeProto>[], output: string): string {
    const ensemble = { opType: "TreeEnsembleRegressor", domain: ML, attribute: attributes };
    return this.#push({ ...ensemble, input: [INPUT], output: [output], name: output });
  }

  constant(name: string, values: readonly number[], shape: readonly number[] = []): string {
    this.#constants.push({ name, dataType: FLOAT, dims: shape, rawData: bytesOf(Float32Array.from(values)) });
    return name;
  }

  /** A list of axes, for Squeeze and the like. */
  axes(name: string, values: readonly number[]): string {
    const rawData = bytesOf(BigInt64Array.from(values, BigInt));
    this.#constants.push({ name, dataType: INT64, dims: [values.length], rawData });
    return name;
  }

  #push(node: Node & { readonly name: string }): string {
    this.#nodes.push(node);
    return node.name;
  }

  /** The whole model; the graph's outputs are what steps have called so. */
  model(features: number, outputs: readonly Output[], name: string, producer: string): Draft<ModelProto> {
    return {
      irVersion: 8,
      producerName: "sirve",
      producerVersion: producer,
      opsetImport: [
        { domain: "", version: 17 },
        { domain: ML, version: 3 },
      ],
      graph: {
        name,
        node: this.#nodes,
        initializer: this.#constants,
        input: [valueOf(INPUT, FLOAT, [features])],
        output: outputs.map(({ name: output, type, width }) =>
          valueOf(output, type === "float" ? FLOAT : INT64, width === undefined ? [] : [width]),
        ),
      },
    };
  }
}

export const intAttribute = (name: string, value: number): Draft<AttributeProto> => ({
  name,
  type: ATTRIBUTE_INT,
  i: BigInt(value),
});

const bytesOf = ({ buffer }: Float32Array | BigInt64Array) => new Uint8Array(buffer as ArrayBuffer);

function valueOf(name: string, elemType: number, rest: readonly number[]) {
  const dim = [{ dimParam: "N" }, ...rest.map((dimValue) => ({ dimValue }))];
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}
