import type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  SparseTensorProto,
  TensorProto,
} from "./proto.ts";

/** Graphs within the attributes of a node: the branches of If, the bodies of Loop and Scan. */
export function subgraphs(node: NodeProto): GraphProto[] {
  return node.attribute.flatMap(({ g, graphs }) => (g ? [g, ...graphs] : graphs));
}

/** Weights of a graph, those of sparse ones too. */
export function graphTensors({ initializer, sparseInitializer }: GraphProto): TensorProto[] {
  return [...initializer, ...sparseParts(sparseInitializer)];
}

/** Tensors within an attribute, those of sparse ones too. */
export function attributeTensors({ t, tensors, sparseTensor, sparseTensors }: AttributeProto): TensorProto[] {
  const sparse = sparseTensor ? [sparseTensor, ...sparseTensors] : sparseTensors;
  return [...(t ? [t] : []), ...tensors, ...sparseParts(sparse)];
}

function sparseParts(tensors: readonly SparseTensorProto[]): TensorProto[] {
  return tensors.flatMap(({ values, indices }) => [values, indices]).filter((part) => part !== undefined);
}

/** Every node of a model: of its graph, the graphs within, and its functions. */
export function* allNodes(model: ModelProto): Generator<NodeProto> {
  if (model.graph) yield* nodesWithin(model.graph.node);
  for (const { node } of model.functions) yield* nodesWithin(node);
}

function* nodesWithin(nodes: readonly NodeProto[]): Generator<NodeProto> {
  for (const node of nodes) {
    yield node;
    if (node.attribute.length === 0) continue;
    for (const graph of subgraphs(node)) yield* nodesWithin(graph.node);
  }
}

/** A domain as one word: ONNX's own has two spellings. */
export function domainName(domain: string | undefined): string {
  return domain === undefined || domain === "" ? "ai.onnx" : domain;
}

/** An operator with its domain, such as "com.microsoft:Tokenizer"; ONNX's own without. */
export function operatorName({ domain, opType = "" }: NodeProto): string {
  const name = domainName(domain);
  return name === "ai.onnx" ? opType : `${name}:${opType}`;
}
