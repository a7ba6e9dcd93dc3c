import type { RunResult } from "../runtimes/index.ts";
import { elementCount, type Tensor, type Tensors } from "../tensor/index.ts";
import type { Batch } from "./batch.ts";
import type { Entry } from "./entry.ts";

/**
 * Gives each request of a batch its rows of the outputs, as views of the batch's memory, and its
 * share of the CPU time. Requests that left meanwhile keep their share: it is not put on others. Several
 * requests must have run together only if {@link unjoinableOutput} finds nothing.
 */
export function answerBatch(batch: Batch, result: RunResult): void {
  const { entries, startedAt } = batch;
  const parts = splitOutputs(result.outputs, batch);
  const { cpuUs, computeUs } = result;
  const billedUs = (result.billedUs ?? 0) / entries.length;
  let rows = 0;
  let charged = 0;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] as Entry;
    rows += entry.rows;
    const until = i === entries.length - 1 ? cpuUs : shareUntil(cpuUs, rows, batch.rows);
    const queueUs = Math.max(0, (startedAt - entry.since) * 1000);
    const timing = { queueUs, computeUs, cpuUs: until - charged, batchRows: entry.batchRows, billedUs };
    entry.answer(parts[i] ?? result.outputs, timing);
    charged = until;
  }
}

/**
 * What the first `rows` of `total` rows cost, on a grid of 2⁻¹⁰ µs: differences of such numbers are
 * exact, so the shares of a run add up to its CPU time without a rounding error.
 */
function shareUntil(cpuUs: number, rows: number, total: number): number {
  return total === 0 ? 0 : Math.floor(((cpuUs * rows) / total) * 1024) / 1024;
}

/** The outputs of each request of a batch, in order. */
function splitOutputs(outputs: Tensors, batch: Batch): readonly Tensors[] {
  const { entries } = batch;
  if (entries.length === 1) return [outputs];
  const parts: Map<string, Tensor>[] = [];
  for (let i = 0; i < entries.length; i++) parts.push(new Map());
  for (const [name, tensor] of outputs) {
    cut(name, tensor, entries, parts);
  }
  return parts;
}

/** Gives each part its rows of one output, without arrays between: this is done for every row of a tiny model. */
function cut(
  name: string,
  tensor: Tensor,
  entries: readonly Entry[],
  parts: readonly Map<string, Tensor>[],
): void {
  const { dtype, shape, data } = tensor;
  const rowShape = shape.slice(1);
  const elements = elementCount(rowShape);
  let at = 0;
  for (let i = 0; i < entries.length; i++) {
    const rows = entries[i]?.rows ?? 0;
    const end = at + rows * elements;
    parts[i]?.set(name, { dtype, shape: [rows, ...rowShape], data: data.subarray(at, end) });
    at = end;
  }
}

/** Why the outputs of a batch cannot be cut into rows, one short clause; undefined if they can. */
export function unjoinableOutput({ entries, rows }: Batch, { outputs }: RunResult): string | undefined {
  if (entries.length === 1) return undefined;
  for (const [name, { shape }] of outputs) {
    if (shape[0] !== rows) return `output "${name}" has shape [${shape}] for ${rows} rows`;
  }
  return undefined;
}
