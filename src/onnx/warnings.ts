import { allNodes } from "./graphs.ts";
import type { ModelProto, NodeProto, TensorProto } from "./proto.ts";
import { quoted } from "./refusal.ts";

/** Something about a file that its user should know; it is served nevertheless. */
export interface ModelWarning {
  /** The node, input or output it is about. */
  readonly field: string;
  readonly message: string;
  readonly hint: string;
}

/** Locales that every machine has. */
const PLAIN_LOCALES = new Set(["C", "POSIX"]);
/** Elements made from a constant shape from which a run is called expensive: 2 GiB of float32. */
const LARGE_ELEMENTS = 2 ** 29;

/** Traps in a model's nodes that show only at load or at run. */
export function nodeWarnings(model: ModelProto): ModelWarning[] {
  const weights = new Map(model.graph?.initializer.map((tensor) => [tensor.name ?? "", tensor]));
  const found: ModelWarning[] = [];
  for (const node of allNodes(model)) {
    if (node.opType === "StringNormalizer") found.push(...localeWarning(node));
    if (node.opType === "ConstantOfShape") found.push(...sizeWarning(node, weights.get(node.input[0] ?? "")));
  }
  return found;
}

/**
 * ONNX Runtime asks the system for the locale, and fails where it is not installed: at load for
 * comparisons without case, at the first run for stop words and changes of case.
 *
 * Source: onnxruntime, core/providers/cpu/text/string_normalizer.cc.
 */
function localeWarning(node: NodeProto): ModelWarning[] {
  const locale = textOf(node, "locale");
  if (PLAIN_LOCALES.has(locale) || !needsLocale(node)) return [];
  const name = locale === "" ? "en_US.UTF-8" : locale;
  return [
    {
      field: `node ${quoted(node.name ?? "")}`,
      message: `StringNormalizer needs the locale ${quoted(name)} of this machine`,
      hint: `Install the locale ${name}, or set the node's attribute locale to "C" when exporting; without it the model does not load or run ("Failed to construct locale").`,
    },
  ];
}

function needsLocale(node: NodeProto): boolean {
  const attribute = (wanted: string) => node.attribute.find(({ name }) => name === wanted);
  const isCaseSensitive = (attribute("is_case_sensitive")?.i ?? 0n) !== 0n;
  const hasStopWords = (attribute("stopwords")?.strings.length ?? 0) > 0;
  const action = textOf(node, "case_change_action");
  return !isCaseSensitive || hasStopWords || (action !== "" && action !== "NONE");
}

function textOf(node: NodeProto, attribute: string): string {
  return Buffer.from(node.attribute.find(({ name }) => name === attribute)?.s ?? []).toString();
}

function sizeWarning(node: NodeProto, shape: TensorProto | undefined): ModelWarning[] {
  const elements = shape ? product(shape) : 0;
  if (elements < LARGE_ELEMENTS) return [];
  return [
    {
      field: `node ${quoted(node.name ?? node.output[0] ?? "")}`,
      message: `ConstantOfShape makes ${elements} elements in every run`,
      hint: "Runs will fail for want of memory; check the shape that the model was exported with.",
    },
  ];
}

/** Product of the elements of a small INT64 tensor. */
function product({ rawData, int64Data }: TensorProto): number {
  let elements = 1;
  for (const size of int64Data) elements *= Number(size);
  if (!rawData) return elements;
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  for (let at = 0; at + 8 <= view.byteLength; at += 8) elements *= Number(view.getBigInt64(at, true));
  return elements;
}
