import { type GraphBuilder, intAttribute, type Output } from "./graph.ts";

/** How margins become an answer, of whichever library. */
export interface Link {
  readonly kind:
    | "identity"
    | "sigmoid"
    | "exp"
    | "softmax"
    | "step"
    | "square"
    | "softplus"
    | "one-against-all";
  /** Steepness of the sigmoid. */
  readonly slope?: number;
}

/** Ends a graph whose margins are `[N, groups]`; a classifier gives label and probabilities, others a prediction. */
export function addAnswer(
  graph: GraphBuilder,
  margins: string,
  groups: number,
  { link, isClassifier }: { link: Link; isClassifier: boolean },
): Output[] {
  if (!isClassifier) return addValue(graph, margins, groups, link);
  const probabilities = groups === 1 ? addTwo(graph, margins, link) : addMany(graph, margins, link);
  graph.add("ArgMax", [probabilities], "label", [intAttribute("axis", 1), intAttribute("keepdims", 0)]);
  return [
    { name: "label", type: "int64" },
    { name: probabilities, type: "float", width: Math.max(2, groups) },
  ];
}

function addValue(graph: GraphBuilder, margins: string, groups: number, link: Link): Output[] {
  const linked = addLink(graph, margins, link, groups > 1 ? "prediction" : "linked");
  if (groups > 1) return [{ name: "prediction", type: "float", width: groups }];
  graph.add("Squeeze", [linked, graph.axes("axis", [1])], "prediction");
  return [{ name: "prediction", type: "float" }];
}

/** Each kind by operators of ONNX. */
function addLink(graph: GraphBuilder, margins: string, { kind, slope = 1 }: Link, output: string): string {
  if (kind === "sigmoid") {
    const steep =
      slope === 1 ? margins : graph.add("Mul", [margins, graph.constant("slope", [slope])], "steep");
    return graph.add("Sigmoid", [steep], output);
  }
  if (kind === "exp") return graph.add("Exp", [margins], output);
  if (kind === "softplus") return graph.add("Softplus", [margins], output);
  if (kind === "step") {
    const above = graph.add("Greater", [margins, graph.constant("zero", [0])], "above");
    return graph.add("Cast", [above], output, [intAttribute("to", 1)]);
  }
  if (kind === "square") {
    // sign(x) · x², as square roots were learned.
    const size = graph.add("Abs", [margins], "size");
    return graph.add("Mul", [margins, size], output);
  }
  return graph.add("Identity", [margins], output);
}

/** [N, 1] → probabilities of the two classes. */
function addTwo(graph: GraphBuilder, margins: string, link: Link): string {
  const second = addLink(graph, margins, link, "second");
  const first = graph.add("Sub", [graph.constant("one", [1]), second], "first");
  return graph.add("Concat", [first, second], "probabilities", [intAttribute("axis", 1)]);
}

function addMany(graph: GraphBuilder, margins: string, link: Link): string {
  if (link.kind !== "one-against-all") {
    return graph.add("Softmax", [margins], "probabilities", [intAttribute("axis", 1)]);
  }
  return addLink(graph, margins, { kind: "sigmoid", slope: link.slope ?? 1 }, "probabilities");
}

/** The same in numbers: margins of one row, changed in place. */
export function applyLink(margins: Float64Array, { kind, slope = 1 }: Link): void {
  if (kind === "softmax") {
    const most = Math.max(...margins);
    let sum = 0;
    for (let i = 0; i < margins.length; i += 1) sum += margins[i] = Math.exp((margins[i] ?? 0) - most);
    for (let i = 0; i < margins.length; i += 1) margins[i] = (margins[i] ?? 0) / sum;
    return;
  }
  for (let i = 0; i < margins.length; i += 1) margins[i] = linkedValue(kind, margins[i] ?? 0, slope);
}

function linkedValue(kind: Link["kind"], x: number, slope: number): number {
  if (kind === "sigmoid" || kind === "one-against-all") return 1 / (1 + Math.exp(-slope * x));
  if (kind === "exp") return Math.exp(x);
  if (kind === "softplus") return Math.log1p(Math.exp(x));
  if (kind === "step") return x > 0 ? 1 : 0;
  return kind === "square" ? x * Math.abs(x) : x;
}
