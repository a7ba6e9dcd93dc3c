import { subgraphs } from "./graphs.ts";
import type { GraphProto, NodeProto } from "./proto.ts";
import { checkName, quoted, refusal } from "./refusal.ts";

/** The nodes of a graph or function, and the names that they start from. */
export interface Body {
  readonly what: string;
  readonly nodes: readonly NodeProto[];
  readonly inputs: readonly string[];
  readonly initializers: readonly string[];
  readonly outputs: readonly string[];
}

/** A graph as a body. */
export function bodyOf(graph: GraphProto): Body {
  const sparse = graph.sparseInitializer.map(({ values }) => values?.name ?? "");
  return {
    what: `graph ${quoted(graph.name ?? "")}`,
    nodes: graph.node,
    inputs: graph.input.map(({ name }) => name ?? ""),
    initializers: [...graph.initializer.map(({ name }) => name ?? ""), ...sparse],
    outputs: graph.output.map(({ name }) => name ?? ""),
  };
}

/**
 * Checks names, single definitions and the absence of cycles. Returns the names that it takes
 * from outside: those of a graph around it. `freeNames` has those of the graphs within its nodes.
 *
 * @throws PlatformError `failed_precondition`, naming the node or tensor.
 */
export function checkBody(
  body: Body,
  freeNames: (graph: GraphProto) => ReadonlySet<string>,
): ReadonlySet<string> {
  const writers = definitions(body);
  const reads = body.nodes.map((node) => readsOf(node, freeNames));
  checkAcyclic(body, reads, writers);
  const free = new Set<string>();
  for (const names of [...reads, body.outputs]) {
    for (const name of names) if (name !== "" && !writers.has(name)) free.add(name);
  }
  return free;
}

/** Index of the node that writes each name; −1 for inputs and initializers. */
function definitions(body: Body): ReadonlyMap<string, number> {
  const writers = new Map<string, number>();
  for (const name of body.inputs) define(body, writers, name, -1);
  for (const name of new Set(body.initializers)) writers.set(name, -1);
  if (new Set(body.initializers).size !== body.initializers.length) {
    throw refusal(`two initializers of ${body.what} have one name`, { field: body.what });
  }
  const names = new Set<string>();
  for (const [index, node] of body.nodes.entries()) {
    const name = node.name ?? "";
    checkName("node", name);
    if (name !== "" && names.has(name)) {
      throw refusal(`two nodes have the name ${quoted(name)}`, { field: `node ${quoted(name)}` });
    }
    names.add(name);
    for (const output of node.output) if (output !== "") define(body, writers, output, index);
  }
  return writers;
}

function define(body: Body, writers: Map<string, number>, name: string, index: number): void {
  checkName("tensor", name);
  if (writers.has(name)) {
    throw refusal(`tensor ${quoted(name)} is defined twice in ${body.what}`, {
      field: `tensor ${quoted(name)}`,
      expected: "one definition of each name",
    });
  }
  writers.set(name, index);
}

function readsOf(node: NodeProto, freeNames: (graph: GraphProto) => ReadonlySet<string>): readonly string[] {
  const graphs = node.attribute.length > 0 ? subgraphs(node) : [];
  return graphs.length === 0
    ? node.input
    : [...node.input, ...graphs.flatMap((graph) => [...freeNames(graph)])];
}

/** @throws if some nodes wait for each other. */
function checkAcyclic(
  { nodes, what }: Body,
  reads: readonly (readonly string[])[],
  writers: ReadonlyMap<string, number>,
): void {
  const waitsFor = new Int32Array(nodes.length);
  const readers: number[][] = nodes.map(() => []);
  for (const [index, names] of reads.entries()) {
    for (const name of names) {
      const others = readers[writers.get(name) ?? -1];
      others?.push(index);
      if (others) waitsFor[index] = (waitsFor[index] ?? 0) + 1;
    }
  }
  const stuck = firstStuck(waitsFor, readers);
  if (stuck < 0) return;
  const name = quoted(nodes[stuck]?.name || nodes[stuck]?.output[0] || "");
  throw refusal(`${what} has a cycle: node ${name} waits for itself`, {
    field: `node ${name}`,
    expected: "a graph without cycles",
  });
}

/** Takes away nodes whose inputs are all there; the first that is left is of a cycle or behind one. */
function firstStuck(waitsFor: Int32Array, readers: readonly (readonly number[])[]): number {
  const ready = [...waitsFor.keys()].filter((index) => waitsFor[index] === 0);
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    for (const reader of readers[next] ?? []) {
      const left = (waitsFor[reader] ?? 0) - 1;
      waitsFor[reader] = left;
      if (left === 0) ready.push(reader);
    }
  }
  return waitsFor.findIndex((count) => count > 0);
}
