import { PlatformError } from "../base/index.ts";
import type { Timing } from "../model/index.ts";
import { concatRows, rowKey, sliceRows, type Tensor, type Tensors } from "../tensor/index.ts";
import type { Answer } from "./entry.ts";

/** Cuts a request of `rows` rows into chunks of at most `maxRows`, in order, as views. */
export function cutRequest(
  inputs: Tensors,
  rows: number,
  maxRows: number,
): { inputs: Tensors; rows: number }[] {
  const chunks: { inputs: Tensors; rows: number }[] = [];
  for (let start = 0; start < rows; start += maxRows) {
    const end = Math.min(start + maxRows, rows);
    const part = new Map<string, Tensor>();
    for (const [name, tensor] of inputs) part.set(name, sliceRows(tensor, start, end));
    chunks.push({ inputs: part, rows: end - start });
  }
  return chunks;
}

/**
 * The answers of a request's chunks, in order, as one. Its queue time is that of the chunk which
 * started last, and its compute time that chunk's, so that both together are no more than what the
 * request took; its CPU time is that of all.
 *
 * @throws PlatformError `internal` if an output of the chunks cannot be joined row by row.
 */
export function joinAnswers(answers: readonly Answer[], chunkRows: readonly number[]): Answer {
  const outputs = new Map<string, Tensor>();
  for (const name of answers[0]?.outputs.keys() ?? []) {
    const parts = answers.flatMap((answer) => answer.outputs.get(name) ?? []);
    outputs.set(name, joinOutput(name, parts, chunkRows));
  }
  return { outputs, timing: joinTimings(answers.map((answer) => answer.timing)) };
}

function joinOutput(name: string, parts: readonly Tensor[], chunkRows: readonly number[]): Tensor {
  const isWhole =
    parts.length === chunkRows.length && parts.every(({ shape }, i) => shape[0] === chunkRows[i]);
  if (isWhole && parts.every((part) => rowKey(part) === rowKey(parts[0] as Tensor))) return concatRows(parts);
  const got = parts.map((part) => `[${part.shape}]`).join(", ");
  const expected = `equal shapes of ${chunkRows.join(", ")} rows`;
  const message = `output "${name}" of a split request has shapes ${got}, expected ${expected}`;
  throw new PlatformError("internal", message, { field: name, got, expected });
}

function joinTimings(timings: readonly Timing[]): Timing {
  let queueUs = 0;
  let computeUs = 0;
  let cpuUs = 0;
  let batchRows = 0;
  for (const timing of timings) {
    if (timing.queueUs >= queueUs) ({ queueUs, computeUs } = timing);
    cpuUs += timing.cpuUs;
    batchRows = Math.max(batchRows, timing.batchRows);
  }
  return { queueUs, computeUs, cpuUs, batchRows };
}
