import { z } from "zod";
import { PlatformError, parseJson } from "../base/index.ts";
import type { Client, ClientReply } from "./http-client.ts";

/** What the commands read of a model's version; everything else passes through to `-o json`. */
const versionSchema = z.looseObject({
  version: z.number(),
  state: z.string(),
  reason: z.string().optional(),
  artifactBytes: z.number().optional(),
  memoryBytes: z.number().optional(),
  loadMs: z.number().optional(),
  batching: z
    .looseObject({ mode: z.string(), maxRows: z.number().optional(), reason: z.string().optional() })
    .optional(),
  inline: z.boolean().optional(),
});

/** What the commands read of a model and its versions. */
export const modelSchema = z.looseObject({
  model: z.string(),
  serving: z.number().optional(),
  aliases: z.array(z.looseObject({ alias: z.string(), version: z.number() })).optional(),
  versions: z.array(versionSchema),
});

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

export type ModelView = z.infer<typeof modelSchema>;
export type TensorView = z.infer<typeof tensorSchema>;
export type ModelMetadata = z.infer<typeof metadataSchema>;
export type ModelStatistics = z.infer<typeof statisticsSchema>["model_stats"];

/** A model and perhaps one version, as the command line names them: "fashion" or "fashion" with `--version 2`. */
export interface ModelReference {
  readonly model: string;
  readonly version?: number | undefined;
}

/** Every model of the server with its versions. */
export async function listModels(client: Client): Promise<readonly ModelView[]> {
  const reply = await client.call({ method: "GET", path: "/api/v1/models" });
  return read(z.looseObject({ models: z.array(modelSchema) }), reply, "/api/v1/models").models;
}

/** All that the server tells of one model, or of one version. */
export async function showModel(client: Client, reference: ModelReference): Promise<unknown> {
  return parsed(await client.call({ method: "GET", path: `/api/v1${pathOf(reference)}` }), "the model");
}

/** Loads a model or one version and returns once it is ready. */
export async function loadModel(client: Client, reference: ModelReference): Promise<unknown> {
  return parsed(await client.call({ method: "POST", path: `/api/v1${pathOf(reference)}/load` }), "the load");
}

/** Unloads a model or one version and returns once its memory is free. */
export async function unloadModel(client: Client, reference: ModelReference): Promise<void> {
  await client.call({ method: "POST", path: `/api/v1${pathOf(reference)}/unload` });
}

/** Inputs and outputs of a model by Open Inference V2. */
export async function modelMetadata(client: Client, reference: ModelReference): Promise<ModelMetadata> {
  const path = `/v2${pathOf(reference)}`;
  return read(metadataSchema, await client.call({ method: "GET", path }), path);
}

/** Cumulative statistics of a model by Open Inference V2. */
export async function modelStatistics(client: Client, reference: ModelReference): Promise<ModelStatistics> {
  const path = `/v2${pathOf(reference)}/stats`;
  return read(statisticsSchema, await client.call({ method: "GET", path }), path).model_stats;
}

/** "/models/fashion/versions/2": the part that the native API and V2 share. */
export function pathOf({ model, version }: ModelReference): string {
  const name = `/models/${encodeURIComponent(model)}`;
  return version === undefined ? name : `${name}/versions/${version}`;
}

/** "/predict/fashion/versions/2" */
export function predictPath({ model, version }: ModelReference): string {
  const path = `/predict/${encodeURIComponent(model)}`;
  return version === undefined ? path : `${path}/versions/${version}`;
}

/** The JSON in an answer. @throws PlatformError `internal` if it is none. */
export function parsed({ body }: ClientReply, what: string): unknown {
  try {
    return body.length === 0 ? {} : parseJson(body, { nonFinite: true });
  } catch (cause) {
    throw new PlatformError("internal", `the answer about ${what} is no JSON`, { cause, hint: NOT_SIRVE });
  }
}

function read<T extends z.ZodType>(schema: T, reply: ClientReply, path: string): z.infer<T> {
  const result = schema.safeParse(parsed(reply, path));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new PlatformError("internal", `the answer to ${path} is not as expected: ${issue?.message ?? ""}`, {
    field: issue?.path.join(".") ?? "",
    hint: NOT_SIRVE,
  });
}

const NOT_SIRVE = "is that a Sirve server of this version?";
