import { z } from "zod";
import { PlatformError } from "../../base/index.ts";
import { Strings, type Tensor, type Tensors } from "../../tensor/index.ts";

const column = z.object({ name: z.string(), values: z.array(z.string()).nullable() });

const schema = z.union([
  z.object({ refused: z.string() }),
  z.object({ strange: z.string() }),
  z.object({
    library: z.string(),
    estimator: z.string(),
    columns: z.array(column),
    classes: z.array(z.string()),
    rows: z.int().min(1),
    sample: z.record(z.string(), z.union([z.array(z.number()), z.array(z.string())])),
    checkedOutput: z.string(),
    expected: z.array(z.number()),
  }),
]);

/** What the program that converts says of a model. */
export type SklearnReport = Extract<z.infer<typeof schema>, { library: string }>;

/** @throws PlatformError `unimplemented` with the reason if the model cannot be converted. */
export function readReport(text: string): SklearnReport {
  const report = schema.parse(JSON.parse(text));
  if ("strange" in report) {
    throw new PlatformError("unimplemented", `the file was not opened: ${report.strange}`, {
      field: "model",
      hint: "what is of your own code is served by Python (docs/python.md); do not open a file whose maker you do not know",
    });
  }
  if (!("refused" in report)) return report;
  throw new PlatformError("unimplemented", `the model cannot be converted: ${report.refused}`, {
    field: "model",
    hint: "serve it by Python as it is: a folder with handler.py, the file and requirements.txt (docs/python.md)",
  });
}

/** The rows that the original has answered, as inputs of the converted model. */
export function sampleOf({ sample, rows }: SklearnReport): Tensors {
  const entries = Object.entries(sample).map(([name, values]): [string, Tensor] => {
    const shape = [rows, values.length / rows];
    if (typeof values[0] === "string") {
      return [name, { dtype: "BYTES", shape, data: Strings.from(values as string[]) }];
    }
    return [name, { dtype: "FP32", shape, data: Float32Array.from(values as number[]) }];
  });
  return new Map(entries);
}
