import { z } from "zod";
import { type SirveClient, SirveError } from "../../client/index.ts";
import { expectShape } from "../model-view.ts";

/** A model and perhaps one version: "fashion", or "fashion" with `--model-version 2`. */
export interface ModelReference {
  readonly model: string;
  readonly version?: number | undefined;
}

const tensorSchema = z.looseObject({
  name: z.string(),
  datatype: z.string(),
  shape: z.array(z.number()),
});

const metadataSchema = z.looseObject({
  name: z.string(),
  inputs: z.array(tensorSchema),
  outputs: z.array(tensorSchema).optional(),
});

/** A counter of 64 bits, as a number: beyond 2^53 the last digits do not matter here. */
const count = z.union([z.number(), z.bigint()]).transform(Number);
const duration = z.looseObject({ count, ns: count });

const statisticsSchema = z.looseObject({
  model_stats: z.array(
    z.looseObject({
      name: z.string(),
      version: z.string(),
      inference_count: count,
      execution_count: count,
      inference_stats: z.looseObject({
        success: duration,
        fail: duration,
        queue: duration,
        compute_input: duration,
        compute_infer: duration,
        compute_output: duration,
      }),
    }),
  ),
});

export type TensorView = z.infer<typeof tensorSchema>;
export type ModelMetadata = z.infer<typeof metadataSchema>;
export type ModelStatistics = z.infer<typeof statisticsSchema>["model_stats"];

/** Inputs and outputs of a model by Open Inference V2, of whichever server speaks it. */
export async function modelMetadata(
  client: SirveClient,
  { model, version }: ModelReference,
): Promise<ModelMetadata> {
  return expectShape(metadataSchema, await client.metadata(model, { version }), "the model");
}

/** Cumulative statistics of a model; undefined where the server has none, as other V2 servers may. */
export async function modelStatistics(
  client: SirveClient,
  { model, version }: ModelReference,
): Promise<ModelStatistics | undefined> {
  const which = version === undefined ? "" : `/versions/${version}`;
  const path = `/v2/models/${encodeURIComponent(model)}${which}/stats`;
  try {
    const answer = await client.request({ method: "GET", path });
    return expectShape(statisticsSchema, answer.json(), "the statistics").model_stats;
  } catch (thrown) {
    if (thrown instanceof SirveError && thrown.status >= 400) return undefined;
    throw thrown;
  }
}
