import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { PlatformError } from "../../base/index.ts";
import { decodeNpy, Strings, type Tensor, type Tensors } from "../../tensor/index.ts";

/** An array of a comparison: in a file of numpy beside the report, or texts. */
const kept = z.union([
  z.object({ name: z.string(), file: z.string().regex(/^compared-\d{1,4}\.npy$/) }),
  z.object({ name: z.string(), shape: z.array(z.int().min(0)), texts: z.array(z.string()) }),
]);
const column = z.object({
  name: z.string(),
  values: z.array(z.string()).nullable(),
  isOptional: z.boolean().optional(),
});
const comparison = z.object({
  isGiven: z.boolean(),
  rows: z.int().min(1),
  inputs: z.array(kept).min(1),
  expected: z.array(kept).min(1),
});

const schema = z.union([
  z.object({ refused: z.string() }),
  z.object({ strange: z.string() }),
  z.object({ wrongSamples: z.string() }),
  z.object({
    version: z.string(),
    kind: z.string(),
    /** Shapes of the inputs, of a model that has no columns. */
    takes: z.string().optional(),
    /** Where the drawn rows come from, if not from the model's own edges: "like those given". */
    drawn: z.string().optional(),
    columns: z.array(column),
    classes: z.array(z.string()),
    notes: z.array(z.string()).default([]),
    comparisons: z.array(comparison).min(1),
  }),
]);

/** What the program that converts says of a model. */
export type ConversionReport = Extract<z.infer<typeof schema>, { version: string }>;

/** Inputs of the converted model, and what the original answers to them by the output's name. */
export interface Compared {
  /** Whether the rows are the user's own. */
  readonly isGiven: boolean;
  readonly rows: number;
  readonly inputs: Tensors;
  readonly expected: Tensors;
}

/** @throws PlatformError `unimplemented` with the reason if the model cannot be converted, `invalid_argument` for the user's rows. */
export function readReport(text: string): ConversionReport {
  const report = schema.parse(JSON.parse(text));
  if ("strange" in report) {
    throw new PlatformError("unimplemented", `the file was not opened: ${report.strange}`, {
      field: "model",
      hint: "what is of your own code is served by Python (docs/python.md); do not open a file whose maker you do not know",
    });
  }
  if ("wrongSamples" in report) {
    throw new PlatformError("invalid_argument", report.wrongSamples, {
      field: "--samples",
      expected: "rows or arrays as the model takes them",
    });
  }
  if (!("refused" in report)) return report;
  throw new PlatformError("unimplemented", `the model cannot be converted: ${report.refused}`, {
    field: "model",
    hint: "serve it by Python as it is: a folder with handler.py, the file and requirements.txt (docs/python.md)",
  });
}

/** What is to be compared, from the report and the arrays beside it. */
export function readComparisons({ comparisons }: ConversionReport, folder: string): Compared[] {
  const read = (entries: readonly z.infer<typeof kept>[]): Tensors =>
    new Map(entries.map((entry) => [entry.name, tensorOf(entry, folder)]));
  return comparisons.map(({ isGiven, rows, inputs, expected }) => ({
    isGiven,
    rows,
    inputs: read(inputs),
    expected: read(expected),
  }));
}

function tensorOf(entry: z.infer<typeof kept>, folder: string): Tensor {
  if ("file" in entry) return decodeNpy(readFileSync(join(folder, entry.file)));
  return { dtype: "BYTES", shape: entry.shape, data: Strings.from(entry.texts) };
}
