import { decodeModel, encodeModel, type ModelInfo, type ModelProto } from "../../onnx/index.ts";

type Graph = NonNullable<ModelProto["graph"]>;

/** ONNX's number of FP32. */
const FLOAT = 1;

/** Names of the outputs that are a map from label to probability for each row. */
export function zipMapOutputs({ outputs }: ModelInfo): string[] {
  return outputs.filter(({ kind }) => kind === "sequence-of-map").map(({ name }) => name);
}

/**
 * A model file whose ZipMap outputs are the probabilities themselves, FP32 [n, classes] in the
 * order of the labels: each ZipMap becomes an Identity, which the engine removes. So they are
 * computed, batched and copied like every other tensor; reading a map for each row through the
 * engine's API would cost several calls a row.
 *
 * @throws RangeError if an output of `names` is not the output of a ZipMap.
 */
export function withoutZipMaps(file: Uint8Array, names: readonly string[]): Uint8Array {
  const model = decodeModel(file);
  if (!model.graph) throw new RangeError("the model has no graph");
  return encodeModel({ ...model, graph: withTensors(model.graph, names) });
}

function withTensors(graph: Graph, names: readonly string[]): Graph {
  for (const name of names) {
    if (!graph.node.some((node) => isZipMap(node, name))) {
      throw new RangeError(`output "${name}" is a sequence of maps that is not made by ZipMap`);
    }
  }
  return {
    ...graph,
    node: graph.node.map((node) => {
      const isOne = names.some((name) => isZipMap(node, name));
      return isOne ? { ...node, opType: "Identity", domain: "", attribute: [] } : node;
    }),
    output: graph.output.map((output) =>
      output.name !== undefined && names.includes(output.name) ? { ...output, type: FLOAT_TENSOR } : output,
    ),
  };
}

const FLOAT_TENSOR = {
  tensorType: { elemType: FLOAT, shape: undefined },
  sequenceType: undefined,
  mapType: undefined,
  denotation: undefined,
  opaqueType: undefined,
  sparseTensorType: undefined,
  optionalType: undefined,
};

function isZipMap({ opType, output }: Graph["node"][number], name: string): boolean {
  return opType === "ZipMap" && output[0] === name;
}
