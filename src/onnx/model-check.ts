import { type Body, bodyOf, checkBody } from "./body-check.ts";
import { type ExternalData, externalData } from "./external-data.ts";
import { checkCalls, functionsOf } from "./function-check.ts";
import { attributeTensors, graphTensors } from "./graphs.ts";
import type { ModelLimits } from "./limits.ts";
import { checkOperator, checkOpsets } from "./operator-check.ts";
import type {
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from "./proto.ts";
import { checkName, quoted, refusal } from "./refusal.ts";
import { checkTensor } from "./tensor-check.ts";

/** What is counted and collected while a model is checked. */
interface Progress {
  readonly limits: ModelLimits;
  readonly functions: ReadonlyMap<string, FunctionProto>;
  readonly external: ExternalData[];
  nodes: number;
  tensors: number;
}

/**
 * Checks everything about a model that can be told without running it. Returns where its external
 * data must be; the files are not looked at.
 *
 * @throws PlatformError `failed_precondition` with the first thing that is wrong.
 */
export function checkModel(model: ModelProto, limits: ModelLimits): ExternalData[] {
  const { graph } = model;
  if (!graph) throw refusal("the model has no graph", { field: "graph", expected: "an ONNX model" });
  checkOpsets(model);
  const functions = functionsOf(model, limits.maxFunctions);
  const progress: Progress = { limits, functions, external: [], nodes: 0, tensors: 0 };
  refuseFree("the graph", checkGraph(progress, graph, 0));
  for (const made of model.functions) checkFunction(progress, made);
  checkCalls(model, functions, limits.maxNodes);
  for (const { key = "" } of model.metadataProps) checkName("metadata key", key);
  return progress.external;
}

function checkFunction(progress: Progress, made: FunctionProto): void {
  checkName("function", made.name ?? "");
  const { node: nodes, input: inputs, output: outputs } = made;
  const what = `function ${quoted(made.name ?? "")}`;
  refuseFree(what, checkNodes(progress, { what, nodes, inputs, outputs, initializers: [] }, 0));
}

function checkGraph(progress: Progress, graph: GraphProto, depth: number): ReadonlySet<string> {
  if (depth > progress.limits.maxDepth) {
    throw refusal(`graphs are nested more than ${progress.limits.maxDepth} deep`, { field: "graph" });
  }
  checkName("graph", graph.name ?? "");
  for (const tensor of graphTensors(graph)) checkData(progress, tensor);
  for (const value of [...graph.input, ...graph.output]) checkSymbols(value);
  return checkNodes(progress, bodyOf(graph), depth);
}

function checkSymbols({ type }: ValueInfoProto): void {
  for (const { dimParam } of type?.tensorType?.shape?.dim ?? []) checkName("size", dimParam ?? "");
}

function checkNodes(progress: Progress, body: Body, depth: number): ReadonlySet<string> {
  progress.nodes += body.nodes.length;
  if (progress.nodes > progress.limits.maxNodes) {
    throw refusal(`the model has more than ${progress.limits.maxNodes} nodes`, { field: "node" });
  }
  for (const node of body.nodes) checkNode(progress, node);
  return checkBody(body, (graph) => checkGraph(progress, graph, depth + 1));
}

function checkNode(progress: Progress, node: NodeProto): void {
  checkOperator(node, progress.functions);
  for (const attribute of node.attribute) {
    for (const tensor of attributeTensors(attribute)) checkData(progress, tensor);
  }
}

function checkData(progress: Progress, tensor: TensorProto): void {
  progress.tensors += 1;
  if (progress.tensors > progress.limits.maxTensors) {
    throw refusal(`the model has more than ${progress.limits.maxTensors} tensors`, { field: "initializer" });
  }
  const apart = checkTensor(tensor);
  if (apart) progress.external.push(externalData(tensor, apart.externalBytes));
}

function refuseFree(what: string, free: ReadonlySet<string>): void {
  const [name] = free;
  if (name === undefined) return;
  throw refusal(`${what} uses tensor ${quoted(name)}, which nothing writes`, {
    field: `tensor ${quoted(name)}`,
  });
}
