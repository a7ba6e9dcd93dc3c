import { PlatformError } from "../../base/index.ts";
import type { PredictResponse, RequestContext } from "../../model/index.ts";
import { rowCount, type Tensor, type Tensors } from "../../tensor/index.ts";
import { unsureRows } from "./confidence.ts";
import type { AskModel } from "./contract.ts";
import type { Pipeline, Source, Step } from "./pipeline-file.ts";
import { at, common, merge, type Rows, type Value } from "./rows.ts";

/** A request on its way through a pipeline. */
export interface Passage {
  readonly inputs: Tensors;
  /** Rows of the request. */
  readonly count: number;
  readonly context: RequestContext;
}

/** What came of a step: outputs of the rows that it ran for. */
interface Ran {
  readonly rows: Rows;
  /** Undefined: no row needed it. */
  readonly response: PredictResponse | undefined;
}

/** One request through the graph: every step once at the most, as soon as what it needs is there. */
export class Walk {
  readonly #pipeline: Pipeline;
  readonly #passage: Passage;
  readonly #ask: AskModel;
  readonly #ran = new Map<string, Promise<Ran>>();
  /** Bills of the steps so far, in microseconds of CPU. */
  billedUs = 0;

  constructor(pipeline: Pipeline, passage: Passage, ask: AskModel) {
    this.#pipeline = pipeline;
    this.#passage = passage;
    this.#ask = ask;
  }

  /** @throws PlatformError as the first step that failed, naming it. */
  async outputs(wanted: readonly string[]): Promise<Tensors> {
    const outputs = await Promise.all(wanted.map(async (name) => [name, await this.#output(name)] as const));
    return new Map(outputs);
  }

  async #output(name: string): Promise<Tensor> {
    const sources = this.#pipeline.outputs.get(name) ?? [];
    const values = await Promise.all(sources.map(async (source) => this.#value(source)));
    const found = values.filter((value) => value !== undefined);
    return merge(found, this.#passage.count, name);
  }

  /** Undefined where the step ran for no row. */
  async #value({ step, tensor }: Source): Promise<Value | undefined> {
    if (step === undefined) return { tensor: this.#input(tensor), rows: undefined };
    const { rows, response } = await this.#step(step);
    if (!response) return undefined;
    const output = response.outputs.get(tensor);
    if (output) return { tensor: output, rows };
    throw new PlatformError("internal", `step "${step}" has no output "${tensor}"`, {
      field: `steps.${step}`,
    });
  }

  #input(name: string): Tensor {
    const tensor = this.#passage.inputs.get(name);
    if (tensor) return tensor;
    throw new PlatformError("invalid_argument", `input "${name}" is missing`, { field: name });
  }

  #step(name: string): Promise<Ran> {
    let ran = this.#ran.get(name);
    if (!ran) {
      ran = this.#run(this.#pipeline.steps.get(name) as Step);
      // Whoever needs it is told; others may have failed before they could ask.
      ran.catch(() => {});
      this.#ran.set(name, ran);
    }
    return ran;
  }

  async #run(step: Step): Promise<Ran> {
    const rows = await this.#rowsOf(step);
    if (rows?.length === 0) return { rows, response: undefined };
    const inputs = await this.#inputsOf(step, rows);
    const { model, outputs } = step;
    this.#passage.context.deadline.check();
    const response = await this.#answer(step, { model, inputs, outputs });
    this.billedUs += response.costUs;
    if (this.#pipeline.hasConditions) checkRows(step, response.outputs, rows?.length ?? this.#passage.count);
    return { rows, response };
  }

  async #answer(step: Step, request: Parameters<AskModel>[0]): Promise<PredictResponse> {
    try {
      return await this.#ask(request, this.#passage.context);
    } catch (thrown) {
      throw ofStep(step, PlatformError.from(thrown));
    }
  }

  /** Rows that all its sources have, less those that its condition leaves out. */
  async #rowsOf({ inputs, when }: Step): Promise<Rows> {
    const sources = [...inputs.values()].flatMap(({ step }) => (step === undefined ? [] : [step]));
    const [value, ...earlier] = await Promise.all([
      when && this.#value(when.source),
      ...sources.map(async (step) => this.#step(step)),
    ]);
    const rows = earlier.reduce<Rows>((both, ran) => common(both, ran.rows), undefined);
    if (!when) return rows;
    if (!value) return [];
    const where = `${when.source.step ?? "input"}.${when.source.tensor}`;
    const unsure = unsureRows(value.tensor, when, where).map((index) => value.rows?.[index] ?? index);
    if (unsure.length === this.#passage.count) return rows;
    return common(unsure, rows);
  }

  async #inputsOf({ inputs }: Step, rows: Rows): Promise<Tensors> {
    const all = [...inputs].map(async ([name, source]) => {
      const value = await this.#value(source);
      if (!value) throw new Error(`step ${source.step} ran for no row`); // Then this one does not run either.
      return [name, source.isPerRow ? at(value, rows) : value.tensor] as const;
    });
    return new Map(await Promise.all(all));
  }
}

function checkRows({ name }: Step, outputs: Tensors, rows: number): void {
  for (const [output, tensor] of outputs) {
    if (rowCount(tensor) === rows) continue;
    const message = `step "${name}" answered ${output} with shape [${tensor.shape}], expected ${rows} rows`;
    throw new PlatformError("internal", message, { field: `steps.${name}` });
  }
}

/** A model that is not there is no mistake of the client's. */
function ofStep({ name, model }: Step, error: PlatformError): PlatformError {
  const code = error.code === "not_found" ? "unavailable" : error.code;
  return new PlatformError(code, `step "${name}" (${model}): ${error.message}`, {
    field: `steps.${name}`,
    ...error.details,
    cause: error,
  });
}
