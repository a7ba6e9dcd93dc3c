import { z } from "zod";
import { DTYPES } from "../../tensor/index.ts";

const MAX_TENSORS = 4096;

const specs = z.record(
  z.string(),
  z.object({
    dtype: z.string(),
    shape: z.array(z.number()).nullable(),
    labels: z.array(z.string()).optional(),
    words: z.array(z.string()).optional(),
    optional: z.boolean().optional(),
  }),
);

const failure = z.object({ message: z.string(), stack: z.string(), isCallers: z.boolean() });

const described = z.object({
  name: z.string(),
  dtype: z.enum(DTYPES as [(typeof DTYPES)[number]]),
  shape: z
    .array(
      z
        .int()
        .min(0)
        .max(2 ** 53 - 1),
    )
    .max(32),
  bytes: z.int().min(0),
});

/** What a Python process says: nothing else ends it, and never the server. */
export const replySchema = z.discriminatedUnion("op", [
  z.object({ op: z.literal("loaded"), inputs: specs, outputs: specs }),
  z.object({ op: z.literal("refused"), failure }),
  z.object({
    op: z.literal("answered"),
    id: z.int(),
    tensors: z.array(described).max(MAX_TENSORS),
    cpuUs: z.number().min(0),
    /** Bytes in shared memory, where the payload lies there. */
    shared: z.int().min(1).optional(),
  }),
  z.object({ op: z.literal("failed"), id: z.int(), failure, cpuUs: z.number().min(0) }),
]);

export type Reply = z.infer<typeof replySchema>;
export type Loaded = Extract<Reply, { op: "loaded" }>;
export type Answered = Extract<Reply, { op: "answered" }>;
export type Failure = z.infer<typeof failure>;
/** Where a tensor lies in a payload, by the order of all. */
export type Described = z.infer<typeof described>;
