import { fits, type TensorSpec, type VersionDescription } from "../../model/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { InferCall } from "./infer-call.ts";
import { maxBatchRows } from "./model-config.ts";

/**
 * Why a version refuses a request, in the words and the order of the contract; undefined if its
 * signature does not. Called after a refusal only, so a good request is checked once.
 */
export function explainMismatch(description: VersionDescription, call: InferCall): string | undefined {
  return (
    outputProblem(description, call) ??
    countProblem(description, call) ??
    nameProblem(description, call) ??
    rowsProblem(description, call) ??
    tensorProblem(description, call)
  );
}

function outputProblem({ signature }: VersionDescription, { outputs }: InferCall): string | undefined {
  const allowed = signature.outputs.map(({ name }) => name);
  const unknown = outputs?.find(({ name }) => !allowed.includes(name));
  return (
    unknown && `unexpected inference output '${unknown.name}', allowed outputs are: ${allowed.join(", ")}`
  );
}

function countProblem({ signature }: VersionDescription, { inputs, model }: InferCall): string | undefined {
  const required = signature.inputs.filter(({ optional }) => !optional);
  const most = signature.inputs.length;
  const missing = required.filter(({ name }) => !inputs.has(name)).map(({ name }) => name);
  const isOptional = required.length < most;
  if (isOptional ? inputs.size <= most && missing.length === 0 : inputs.size === most) return undefined;
  const expected = isOptional ? `number of inputs between ${required.length} and ${most}` : `${most} inputs`;
  const got = `Got input(s) ${list(inputs.keys())}`;
  return `expected ${expected} but got ${inputs.size} inputs for model '${model}'. ${got}, but missing required input(s) ${list(missing)}. Please provide all required input(s).`;
}

/** `['a','b']` */
function list(names: Iterable<string>): string {
  return `[${Array.from(names, (name) => `'${name}'`).join(",")}]`;
}

function nameProblem({ signature }: VersionDescription, { inputs }: InferCall): string | undefined {
  const allowed = signature.inputs.map(({ name }) => name);
  const unknown = [...inputs.keys()].find((name) => !allowed.includes(name));
  return unknown === undefined
    ? undefined
    : `unexpected inference input '${unknown}', allowed inputs are: ${allowed.join(", ")}`;
}

function rowsProblem(description: VersionDescription, { inputs, model }: InferCall): string | undefined {
  if (maxBatchRows(description) === 0) return undefined;
  let rows: number | undefined;
  for (const [name, { shape }] of inputs) {
    const [own] = shape;
    const requires = `model requires batch dimension for '${model}'`;
    if (own === undefined) return `input '${name}' has no shape but ${requires}`;
    rows ??= own;
    if (own !== rows) return `input '${name}' batch size does not match other inputs for '${model}'`;
  }
  return undefined;
}

function tensorProblem(description: VersionDescription, { inputs, model }: InferCall): string | undefined {
  for (const spec of description.signature.inputs) {
    const tensor = inputs.get(spec.name);
    const problem = tensor && specProblem(spec, tensor, model);
    if (problem) return problem + (problem.startsWith("unexpected shape") ? batchNote(description) : "");
  }
  return undefined;
}

function specProblem(spec: TensorSpec, { dtype, shape }: Tensor, model: string): string | undefined {
  if (dtype !== spec.dtype) {
    return `inference input '${spec.name}' data-type is '${dtype}', but model '${model}' expects '${spec.dtype}'`;
  }
  if (fits(spec.shape, shape)) return undefined;
  return `unexpected shape for input '${spec.name}' for model '${model}'. Expected [${spec.shape}], got [${shape}].`;
}

function batchNote(description: VersionDescription): string {
  if (maxBatchRows(description) === 0) return "";
  return " NOTE: Setting a non-zero max_batch_size in the model config requires a batch dimension to be prepended to each input shape. If you want to specify the full shape including the batch dim in your input dims config, try setting max_batch_size to zero. See the model configuration docs for more info on max_batch_size.";
}
