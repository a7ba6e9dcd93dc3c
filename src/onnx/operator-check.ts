import { domainName, operatorName } from "./graphs.ts";
import type { FunctionProto, ModelProto, NodeProto } from "./proto.ts";
import { checkName, quoted, refusal } from "./refusal.ts";

/** Newest opset of each domain that the engine knows (ONNX Runtime 1.30). */
export const NEWEST_OPSET: ReadonlyMap<string, number> = new Map([
  ["ai.onnx", 26],
  ["ai.onnx.ml", 5],
  ["com.microsoft", 1],
  ["com.microsoft.nchwc", 1],
]);

/**
 * Checks the opsets that a file imports. Other domains may be imported as long as no node uses them.
 *
 * @throws PlatformError `failed_precondition`, naming the file's opset and the newest supported.
 */
export function checkOpsets(model: ModelProto): void {
  for (const { domain, version = 0 } of model.opsetImport) {
    const name = domainName(domain);
    const newest = NEWEST_OPSET.get(name);
    if (newest === undefined || (version >= 1 && version <= newest)) continue;
    throw refusal(`the model uses opset ${version} of ${name}, the newest supported is ${newest}`, {
      field: "opset_import",
      got: `${name} ${version}`,
      expected: `${name} 1 to ${newest}`,
      hint: `Export the model with opset ${newest} or lower.`,
    });
  }
}

/** The key by which a node calls a function of the file. */
export function functionKey(domain: string | undefined, name = ""): string {
  return `${domainName(domain)}:${name}`;
}

/**
 * Checks that a node's operator is of a known domain or a function of the file.
 *
 * @throws PlatformError `failed_precondition`, naming operator and domain.
 */
export function checkOperator(node: NodeProto, functions: ReadonlyMap<string, FunctionProto>): void {
  const domain = domainName(node.domain);
  checkName("operator", operatorName(node));
  if (NEWEST_OPSET.has(domain) || functions.has(functionKey(node.domain, node.opType))) return;
  const operator = quoted(operatorName(node));
  throw refusal(`operator ${operator} is of an unknown domain`, {
    field: `node ${quoted(node.name || node.output[0] || "")}`,
    got: operator,
    expected: `an operator of ${[...NEWEST_OPSET.keys()].join(", ")}, or a function of the file`,
    hint: "Models with custom operators are not served.",
  });
}
