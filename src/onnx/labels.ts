import type { GraphProto, NodeProto } from "./proto.ts";

/** Classifiers, whose second output holds a score for each class. */
const CLASSIFIERS = new Set(["TreeEnsembleClassifier", "LinearClassifier", "SVMClassifier"]);
/** Operators whose first output has the classes of their first input along its last axis. */
const PASS_ON = new Set(["Identity", "Cast", "Normalizer", "Softmax", "LogSoftmax", "Sigmoid", "Clip"]);
const LABEL_ATTRIBUTES = ["classlabels_strings", "classlabels_int64s", "classlabels_ints"];

/** Class names by tensor name, as far as the graph's nodes tell them. */
export function graphLabels(graph: GraphProto): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const node of graph.node) {
    const name = node.opType ?? "";
    const output = CLASSIFIERS.has(name) ? node.output[1] : node.output[0];
    const passed = PASS_ON.has(name) ? found.get(node.input[0] ?? "") : undefined;
    const labels = CLASSIFIERS.has(name) || name === "ZipMap" ? nodeLabels(node) : passed;
    if (output && labels?.length) found.set(output, labels);
  }
  return found;
}

function nodeLabels(node: NodeProto): readonly string[] {
  const attributes = node.attribute.filter(({ name }) => LABEL_ATTRIBUTES.includes(name ?? ""));
  const texts = attributes.flatMap(({ strings }) =>
    strings.map((text) => Buffer.from(text).toString("utf8")),
  );
  return texts.length > 0 ? texts : attributes.flatMap(({ ints }) => Array.from(ints, String));
}

/** Names under which exporters put class names into a file's metadata. */
const LABEL_KEYS = ["classes", "labels", "class_names", "names", "id2label"];
/** Longer texts are not read: a hundred thousand classes fit. */
const MAX_TEXT = 4_000_000;

/**
 * Class names from a file's metadata: a list, or an object by index, in JSON or as Python prints
 * it (`{0: 'person', 1: 'bicycle'}`). Undefined where there are none.
 */
export function metadataLabels(metadata: ReadonlyMap<string, string>): readonly string[] | undefined {
  for (const key of LABEL_KEYS) {
    const text = metadata.get(key)?.trim();
    const labels = text && text.length <= MAX_TEXT ? (fromJson(text) ?? fromPython(text)) : undefined;
    if (labels && labels.length > 0) return labels;
  }
  return undefined;
}

function fromJson(text: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value.every(isName) ? value.map(String) : undefined;
    return typeof value === "object" && value !== null ? byIndex(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}

function fromPython(text: string): readonly string[] | undefined {
  const item = /(?:(\d+)\s*:\s*)?(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*(?:,|$)/y;
  const inside = /^[[{(]([\s\S]*)[\]})]$/.exec(text)?.[1]?.trim();
  if (inside === undefined) return undefined;
  const pairs: [string, string][] = [];
  while (item.lastIndex < inside.length) {
    const match = item.exec(inside);
    if (!match) return undefined;
    pairs.push([match[1] ?? String(pairs.length), (match[2] ?? match[3] ?? "").replace(/\\(.)/g, "$1")]);
    while (inside[item.lastIndex] === " ") item.lastIndex += 1;
  }
  return byIndex(pairs);
}

/** Names in the order of indices 0, 1, 2 …, or undefined where some are missing. */
function byIndex(pairs: readonly (readonly [string, unknown])[]): readonly string[] | undefined {
  const labels: string[] = [];
  const sorted = pairs.toSorted(([a], [b]) => Number(a) - Number(b));
  for (const [index, name] of sorted) {
    if (Number(index) !== labels.length || !isName(name)) return undefined;
    labels.push(String(name));
  }
  return labels;
}

function isName(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}
