import { z } from "zod";
import { PlatformError, parseJson } from "../base/index.ts";

const column = z
  .strictObject({
    name: z.string().min(1).describe("Name of the input tensor, or of this column of a matrix input."),
    description: z.string().optional(),
    values: z.array(z.string()).optional().describe("Known categories; another one is warned about."),
    examples: z.array(z.union([z.string(), z.number()])).optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    optional: z.boolean().default(false).describe('May be missing: text becomes "", numbers NaN.'),
  })
  .describe("One column of a tabular model.");

const step = z
  .strictObject({
    name: z.string().min(1).describe("A preparation known to Sirve, such as image, text, sound, labels."),
    parameters: z.record(z.string(), z.json()).default({}),
  })
  .describe("One named step of preparation with its parameters.");

const batching = z.strictObject({
  mode: z
    .enum(["auto", "rows", "none"])
    .default("auto")
    .describe("auto: probed and profiled at load; rows: join requests; none: never."),
  maxRows: z
    .int()
    .min(1)
    .max(65_536)
    .optional()
    .describe("Rows in one batch at the most; default: profiled."),
  maxDelayUs: z
    .int()
    .min(0)
    .max(10_000_000)
    .default(0)
    .describe("Microseconds a free lane lets the oldest request wait for company; 0 never waits."),
  preferredRows: z.array(z.int().min(1)).default([]).describe("Batch sizes to stop at, ascending."),
  padTo: z.array(z.int().min(1)).default([]).describe("Buckets: a free size is padded up to the next one."),
  maskInput: z
    .string()
    .optional()
    .describe("INT64 input of the same shape that is 1 for data and 0 for padding."),
  maxQueueRows: z.int().min(1).optional(),
  maxQueueBytes: z.int().min(1).optional(),
});

const python = z
  .strictObject({
    maxRequests: z.int().min(1).optional().describe("Calls after which a process is replaced."),
    maxMemoryBytes: z
      .int()
      .min(1024 * 1024)
      .optional()
      .describe("Memory above which a process is replaced after its call; at twice as much, within it."),
    maxProcesses: z
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .describe("Processes that one process may be, with those it starts; default: 32."),
  })
  .describe("Of handlers in Python.");

/** The manifest of a model folder, version 1. Every field has a default: a bare ONNX file needs none. */
export const manifestSchema = z
  .strictObject({
    $schema: z.string().optional(),
    manifestVersion: z.literal(1).default(1),
    description: z.string().default(""),
    columns: z.array(column).default([]),
    labels: z.array(z.string()).default([]).describe("Class names in the order of the model's outputs."),
    inputPreparation: z.array(step).default([]).describe("From what people send to the model's inputs."),
    outputPreparation: z
      .array(step)
      .default([])
      .describe("From the model's outputs to an answer for people."),
    batching: batching.prefault({}),
    warmup: z
      .strictObject({ rows: z.array(z.int().min(1)).default([1]), runs: z.int().min(0).max(100).default(1) })
      .prefault({}),
    instances: z
      .int()
      .min(1)
      .max(64)
      .optional()
      .describe("Runs at once at the most; default: every lane, with cuda 2."),
    weight: z.number().min(0.01).max(100).default(1).describe("Share of the lanes against other models."),
    deadlineMs: z
      .int()
      .min(1)
      .max(86_400_000)
      .optional()
      .describe("Longest a request may take; default: the server's."),
    engine: z
      .enum(["onnx", "stock", "script", "python", "pipeline", "remote"])
      .default("onnx")
      .describe(
        "stock: onnxruntime-node in a child process; script, python, pipeline and remote: a file of that kind says so by itself.",
      ),
    isolation: z
      .enum(["thread", "process"])
      .default("thread")
      .describe(
        "process: what computes it is a process of its own, whose end costs its own requests; with onnx by the stock engine.",
      ),
    python: python.prefault({}),
    device: z.enum(["cpu", "cuda"]).default("cpu"),
    intraOpThreads: z.int().min(1).max(256).default(1),
    licence: z.string().default(""),
    origin: z.string().default(""),
  })
  .describe("model.json of Sirve: what the ONNX file itself does not say.");

export type Manifest = z.infer<typeof manifestSchema>;

/** The manifest of a model without `model.json`. */
export const emptyManifest: Manifest = Object.freeze(manifestSchema.parse({}));

/**
 * Reads the text of a `model.json`.
 *
 * @throws PlatformError `invalid_argument` listing every wrong field with its path.
 */
export function parseManifest(text: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text); // Whose messages name line and column.
    parseJson(Buffer.from(text)); // Which bounds nesting; the schema's own reader would overflow its stack.
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : "not JSON";
    throw new PlatformError("invalid_argument", `model.json is not JSON: ${problem}`, {
      field: "model.json",
      cause,
    });
  }
  const result = manifestSchema.safeParse(json);
  if (result.success) return result.data;
  throw new PlatformError("invalid_argument", `model.json is wrong\n${z.prettifyError(result.error)}`, {
    field: "model.json",
  });
}
