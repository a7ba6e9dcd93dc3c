import { subgraphs } from "./graphs.ts";
import { functionKey } from "./operator-check.ts";
import type { FunctionProto, ModelProto, NodeProto } from "./proto.ts";
import { quoted, refusal } from "./refusal.ts";

/** The functions of a file by the key that nodes call them with. @throws if two have one. */
export function functionsOf(model: ModelProto, max: number): ReadonlyMap<string, FunctionProto> {
  if (model.functions.length > max) {
    throw refusal(`the model has ${model.functions.length} functions`, {
      field: "functions",
      expected: `at most ${max}`,
    });
  }
  const found = new Map<string, FunctionProto>();
  for (const made of model.functions) {
    // Overloads differ by a third part, which no exporter uses yet; two of one name are told apart by it.
    const key = functionKey(made.domain, made.name) + (made.overload ? `:${made.overload}` : "");
    if (found.has(key)) throw refusal(`two functions have the name ${quoted(key)}`, { field: "functions" });
    found.set(key, made);
  }
  return found;
}

/**
 * Checks that functions do not call themselves, and that the model stays within `maxNodes` when
 * the engine has put each function in the place of its calls: ten functions that call each other
 * ten times are ten thousand million nodes.
 *
 * @throws PlatformError `failed_precondition`.
 */
export function checkCalls(
  model: ModelProto,
  functions: ReadonlyMap<string, FunctionProto>,
  maxNodes: number,
): void {
  const sizes = new Map<FunctionProto, number | "counting">();
  const sizeOf = (nodes: readonly NodeProto[]): number => {
    let size = 0;
    for (const node of nodes) {
      const called = functions.get(functionKey(node.domain, node.opType));
      size += called ? callSize(called) : 1;
      for (const graph of subgraphs(node)) size += sizeOf(graph.node);
    }
    return size;
  };
  const callSize = (called: FunctionProto): number => {
    const known = sizes.get(called);
    if (known === "counting") {
      throw refusal(`function ${quoted(called.name ?? "")} calls itself`, { field: "functions" });
    }
    if (known !== undefined) return known;
    sizes.set(called, "counting");
    const size = sizeOf(called.node);
    sizes.set(called, size);
    return size;
  };
  const size = sizeOf(model.graph?.node ?? []);
  if (size <= maxNodes) return;
  throw refusal(`the model has ${size} nodes once its functions are put in`, {
    field: "functions",
    expected: `at most ${maxNodes}`,
  });
}
