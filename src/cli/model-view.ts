import { z } from "zod";
import { PlatformError } from "../base/index.ts";

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

/** An answer as it must be to be shown. @throws PlatformError `internal` naming what is otherwise. */
export function expectShape<T extends z.ZodType>(schema: T, answer: unknown, what: string): z.infer<T> {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new PlatformError(
    "internal",
    `the answer about ${what} is not as expected: ${issue?.message ?? ""}`,
    {
      field: issue?.path.join(".") ?? "",
      hint: "is that a Sirve server of this version?",
    },
  );
}
