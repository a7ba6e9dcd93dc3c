import { z } from "zod";
import { PlatformError, parseJson } from "../../base/index.ts";
import type { Signature, TensorSpec } from "../../model/index.ts";
import { DTYPES } from "../../tensor/index.ts";

const STEP_NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

const shape = z
  .array(z.int().min(-1))
  .max(32)
  .describe("Sizes; -1 is any. A first axis of -1 is that of rows.");
const source = z
  .string()
  .min(1)
  .describe('An input of the pipeline, "x", or an output of an earlier step, "small.label".');

const condition = z
  .strictObject({
    confidence: source.describe("Where the confidence is read: one value or one list of scores per row."),
    measure: z
      .enum(["max", "margin", "value"])
      .default("max")
      .describe("max: the largest score; margin: the largest less the second; value: the only one."),
    under: z.number().describe("The step runs for rows whose confidence is under this."),
  })
  .describe("Rows that the step runs for.");

const step = z.strictObject({
  name: z.string().regex(STEP_NAME),
  model: z
    .string()
    .min(1)
    .max(300)
    .describe('A model or endpoint of this server: "churn", "churn@challenger", "churn@7".'),
  inputs: z.record(z.string(), source).describe("For each input of the model, where it comes from."),
  when: condition.optional(),
});

/** A graph of models, version 1: `pipeline.json`. */
export const pipelineSchema = z
  .strictObject({
    $schema: z.string().optional(),
    inputs: z.record(z.string(), z.strictObject({ dtype: z.enum(DTYPES), shape })),
    steps: z.array(step).min(1).max(64),
    outputs: z.record(
      z.string(),
      z.strictObject({
        dtype: z.enum(DTYPES),
        shape,
        from: z
          .union([source, z.array(source).min(1)])
          .describe("One source, or several: for each row the first that has it."),
      }),
    ),
  })
  .describe("A graph of models and handlers that answers as one model.");

type PipelineFile = z.infer<typeof pipelineSchema>;

/** Where a value comes from: of the request, or of a step. */
export interface Source {
  /** Undefined: an input of the pipeline. */
  readonly step: string | undefined;
  readonly tensor: string;
  /** Whether it has a row for each row of the request that its step runs for. */
  readonly isPerRow: boolean;
}

export interface Condition {
  readonly source: Source;
  readonly measure: "max" | "margin" | "value";
  readonly under: number;
}

export interface Step {
  readonly name: string;
  readonly model: string;
  readonly inputs: ReadonlyMap<string, Source>;
  readonly when: Condition | undefined;
  /** Outputs that something needs: no others are computed. */
  readonly outputs: readonly string[];
}

/** A checked graph: each step needs only what comes before it. */
export interface Pipeline {
  readonly signature: Signature;
  /** By name. */
  readonly steps: ReadonlyMap<string, Step>;
  /** By output: where its rows come from, the first that has a row counts. */
  readonly outputs: ReadonlyMap<string, readonly Source[]>;
  /** Whether a step may run for some rows only. */
  readonly hasConditions: boolean;
}

/** @throws PlatformError `failed_precondition` naming the field. */
export function parsePipeline(text: string): Pipeline {
  const file = readFile(text);
  const signature = { inputs: specsOf(file.inputs, "inputs"), outputs: specsOf(file.outputs, "outputs") };
  const find = sourceFinder(file);
  const drafts = file.steps.map((_, place) => stepAt(file, place, find));
  const outputs = Object.entries(file.outputs).map(([name, { from }]) => {
    const sources = [from].flat().map((one) => find(one, drafts.length, `outputs.${name}.from`));
    return [name, sources] as const;
  });
  const needed = [...outputs.flatMap(([, sources]) => sources), ...drafts.flatMap(sourcesOf)];
  const steps = drafts.map((draft) => [draft.name, { ...draft, outputs: outputsOf(draft, needed) }] as const);
  return {
    signature,
    steps: new Map(steps),
    outputs: new Map(outputs),
    hasConditions: drafts.some(({ when }) => when !== undefined),
  };
}

type StepDraft = Omit<Step, "outputs">;

const sourcesOf = ({ inputs, when }: StepDraft) => [...inputs.values(), ...(when ? [when.source] : [])];

function outputsOf({ name }: StepDraft, needed: readonly Source[]): string[] {
  return [...new Set(needed.filter((one) => one.step === name).map(({ tensor }) => tensor))];
}

function stepAt({ steps }: PipelineFile, place: number, find: FindSource): StepDraft {
  const { name, model, inputs, when } = steps[place] as PipelineFile["steps"][number];
  const where = `steps.${place}`;
  if (steps.findIndex((one) => one.name === name) < place) {
    throw wrong(`${where}.name`, name, "a name that no other step has");
  }
  const sources = Object.entries(inputs).map(
    ([input, from]) => [input, find(from, place, `${where}.inputs.${input}`)] as const,
  );
  if (sources.length === 0) throw wrong(`${where}.inputs`, "none", "at least one");
  const found = when && { ...when, source: find(when.confidence, place, `${where}.when.confidence`) };
  return { name, model, inputs: new Map(sources), when: found };
}

function readFile(text: string): PipelineFile {
  const parsed = pipelineSchema.safeParse(parseJson(Buffer.from(text)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join(".") || "pipeline.json";
  throw new PlatformError("failed_precondition", `pipeline.json: ${field}: ${issue?.message}`, { field });
}

function specsOf(specs: PipelineFile["inputs"], where: string): TensorSpec[] {
  const all = Object.entries(specs);
  if (all.length === 0) throw wrong(where, "none", "at least one");
  return all.map(([name, { dtype, shape: sizes }]) => {
    return { name, dtype, shape: sizes, batchAxis: sizes[0] === -1 ? 0 : null };
  });
}

type FindSource = (text: string, before: number, field: string) => Source;

/** Finds what a source means for the step at a place: an input of that name counts before a step. */
function sourceFinder({ inputs, steps }: PipelineFile): FindSource {
  return (text, before, field) => {
    const input = Object.hasOwn(inputs, text) ? inputs[text] : undefined;
    if (input) return { step: undefined, tensor: text, isPerRow: input.shape[0] === -1 };
    const dot = text.indexOf(".");
    const name = dot < 0 ? "" : text.slice(0, dot);
    const earlier = steps.slice(0, before).map((one) => one.name);
    if (earlier.includes(name)) return { step: name, tensor: text.slice(dot + 1), isPerRow: true };
    const known = [...Object.keys(inputs), ...earlier.map((one) => `${one}.…`)];
    throw wrong(field, text, `one of ${known.join(", ")}`);
  };
}

function wrong(field: string, got: string, expected: string): PlatformError {
  return new PlatformError(
    "failed_precondition",
    `pipeline.json: ${field} is "${got}", expected ${expected}`,
    {
      field,
      got,
      expected,
    },
  );
}
