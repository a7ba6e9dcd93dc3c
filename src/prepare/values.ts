import type { Json, Signature } from "../model/index.ts";
import { plainRow, plainTensor, type Tensor, type Tensors } from "../tensor/index.ts";
import type { Interpret } from "./contents.ts";

/**
 * One object of values by output name per row; where no output has as many rows as the others, or
 * none has rows, one object of whole tensors.
 */
export const interpretValues: Interpret = (outputs) => {
  const rows = commonRows(outputs);
  if (rows === undefined) return [entriesOf(outputs, plainTensor)];
  return Array.from({ length: rows }, (_, row) => entriesOf(outputs, (tensor) => plainRow(tensor, row)));
};

function entriesOf(outputs: Tensors, plain: (tensor: Tensor) => Json): Json {
  const entries: [string, Json][] = [];
  for (const [name, tensor] of outputs) entries.push([name, plain(tensor)]);
  return Object.fromEntries(entries);
}

function commonRows(outputs: Tensors): number | undefined {
  let rows: number | undefined;
  for (const { shape } of outputs.values()) {
    const [own] = shape;
    if (own === undefined || (rows !== undefined && own !== rows)) return undefined;
    rows = own;
  }
  return rows;
}

/** Names that scikit-learn's, XGBoost's and LightGBM's converters give to a label and its probabilities. */
const LABEL_NAMES = new Set(["label", "output_label", "predicted_label"]);
const PROBABILITY_NAMES = new Set(["probabilities", "output_probability", "probability"]);

/** The outputs that, by name or by the file's own class names, are a label and its probabilities. */
export function recogniseLabels({ outputs }: Signature): {
  label: Signature["outputs"][number] | undefined;
  probabilities: Signature["outputs"][number] | undefined;
} {
  const label = outputs.find(
    (spec) => LABEL_NAMES.has(spec.name) && /^(BYTES|INT64|INT32)$/.test(spec.dtype),
  );
  const probabilities = outputs.find(
    (spec) => spec.dtype.startsWith("FP") && (spec.labels !== undefined || PROBABILITY_NAMES.has(spec.name)),
  );
  return { label, probabilities };
}
