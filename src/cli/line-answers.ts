import { z } from "zod";
import { expectShape } from "./model-view.ts";
import { predictionTable } from "./prediction-table.ts";

const lineSchema = z.looseObject({
  line: z.number().optional(),
  model: z.string().optional(),
  version: z.number().optional(),
  predictions: z.array(z.unknown()).optional(),
  error: z.looseObject({ code: z.string(), detail: z.string() }).optional(),
});

/** The answer to one line: its predictions, or why there are none. */
export type LineAnswer = z.infer<typeof lineSchema>;

/** Whether a file holds a JSON value on each line, under any name of that kind. */
export function isLines(contentType: string): boolean {
  return /^application\/(x-ndjson|ndjson|jsonl|x-jsonlines|jsonlines)\b/.test(contentType);
}

/** All answers of a stream. */
export async function readLines(stream: AsyncIterable<unknown>): Promise<LineAnswer[]> {
  const answers: LineAnswer[] = [];
  for await (const one of stream) answers.push(expectShape(lineSchema, one, "a line"));
  return answers;
}

/** A row for each prediction, and for each line that failed the reason. */
export function linesTable(answers: readonly LineAnswer[]): string {
  const answered = answers.find(({ error }) => error === undefined);
  const predictions = answers.flatMap((one): unknown[] => {
    if (one.error) return [{ error: `${one.error.code}: ${one.error.detail}` }];
    return one.predictions ?? [one];
  });
  return predictionTable({ model: answered?.model ?? "no", version: answered?.version ?? "-", predictions });
}
