import { z } from "zod";
import { modelSchema } from "./model-view.ts";
import { modelsTable } from "./models-table.ts";
import { safeLines } from "./safe-text.ts";
import { showTable } from "./show-table.ts";
import { renderTable } from "./table.ts";

const tensor = z.looseObject({
  name: z.string(),
  dtype: z.string(),
  shape: z.array(z.number()),
  labels: z.array(z.string()).optional(),
});

const column = z.looseObject({
  name: z.string(),
  dtype: z.string().optional(),
  description: z.string().optional(),
  values: z.array(z.unknown()).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  optional: z.boolean().optional(),
});

const shownSchema = modelSchema.extend({
  description: z.looseObject({
    text: z.string().optional(),
    inputs: z.array(tensor),
    outputs: z.array(tensor),
    columns: z.array(column).optional(),
    labels: z.array(z.string()).optional(),
    takes: z.string().optional(),
    licence: z.string().optional(),
  }),
});

/** A model for people: its versions, what it takes and what it gives; field by field where none is loaded. */
export function showModelTable(shown: unknown): string {
  const { success, data } = shownSchema.safeParse(shown);
  if (!success) return showTable(shown);
  const { description } = data;
  const labels = description.labels ?? description.outputs.find((output) => output.labels)?.labels;
  const facts = [
    description.text,
    description.takes === undefined ? undefined : `takes: ${description.takes}`,
    labels === undefined ? undefined : `labels: ${labels.join(", ")}`,
    description.licence ? `licence: ${description.licence}` : undefined,
  ];
  const parts = [
    modelsTable([data]),
    safeLines(facts.filter((fact) => fact !== undefined && fact !== "").join("\n")),
    tensorsTable(description.inputs, description.outputs),
    columnsTable(description.columns ?? []),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

type Tensor = z.infer<typeof tensor>;

function tensorsTable(inputs: readonly Tensor[], outputs: readonly Tensor[]): string {
  const rowOf = (way: string) => (one: Tensor) => [
    way,
    one.name,
    one.dtype,
    `[${one.shape.map((size) => (size < 0 ? "any" : size)).join(", ")}]`,
  ];
  return renderTable(
    [{ title: "" }, { title: "TENSOR" }, { title: "DTYPE" }, { title: "SHAPE" }],
    [...inputs.map(rowOf("in")), ...outputs.map(rowOf("out"))],
  );
}

function columnsTable(columns: readonly z.infer<typeof column>[]): string {
  if (columns.length === 0) return "";
  return renderTable(
    [{ title: "COLUMN" }, { title: "TAKES" }, { title: "MEANING" }],
    columns.map((one) => [
      one.optional === true ? `${one.name}?` : one.name,
      rangeOf(one),
      one.description ?? "",
    ]),
  );
}

const SHOWN_VALUES = 6;

function rangeOf({ dtype, values, min, max }: z.infer<typeof column>): string {
  if (values !== undefined && values.length > 0) {
    const shown = values.slice(0, SHOWN_VALUES).map(String).join(", ");
    return values.length > SHOWN_VALUES ? `${shown}, … (${values.length})` : shown;
  }
  if (min === undefined && max === undefined) return dtype ?? "";
  return `${min ?? "…"} to ${max ?? "…"}`;
}
