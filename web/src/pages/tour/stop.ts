import type { Description, ModelDetail } from "../../data/api.ts";
import { client } from "../../data/client.ts";
import { sampleInputs, sampleRow } from "../../data/sample-row.ts";

/** What every stop is shown with. */
export interface StopProps {
  readonly detail: ModelDetail;
  readonly description: Description;
}

/** One request that the model takes, made of its own examples. */
export function sampleRequest(
  description: Description,
): { readonly rows: object[] } | { readonly inputs: Record<string, unknown[]> } {
  if (description.columns.length > 0) return { rows: [sampleRow(description.columns)] };
  return { inputs: sampleInputs(description) as Record<string, unknown[]> };
}

/** What a request was, seen from this page. */
export interface Seen {
  readonly version: number;
  /** From the page's call to its answer, in milliseconds. */
  readonly ms: number;
  readonly queueMs: number;
  readonly computeMs: number;
  readonly costMs: number;
}

/** Asks once. @throws SirveError if the server refuses. */
export async function askOnce({ detail, description }: StopProps, signal?: AbortSignal): Promise<Seen> {
  const start = performance.now();
  const answer = await client.predict(detail.model, sampleRequest(description), { signal });
  const ms = performance.now() - start;
  const { queueUs = 0, computeUs = 0 } = (answer["timing"] ?? {}) as { queueUs?: number; computeUs?: number };
  return {
    version: answer.version,
    ms,
    queueMs: queueUs / 1000,
    computeMs: computeUs / 1000,
    costMs: Number(answer["costUs"] ?? 0) / 1000,
  };
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
