import { type Column, type Manifest, rowLayout, type Signature, type TensorSpec } from "../../model/index.ts";

/** A tensor spec as the management routes show it. */
export function describeTensor({ name, dtype, shape, labels, optional }: TensorSpec): object {
  return { name, dtype, shape, ...(labels && { labels }), ...(optional && { optional }) };
}

/** The columns of a version's rows, or why it has none. */
export function describeColumns(signature: Signature, manifest: Manifest): object {
  const layout = rowLayout(signature, manifest);
  if (layout.kind === "none") return { columns: [], noRows: layout.reason };
  return { columns: layout.columns.map(describeColumn) };
}

function describeColumn({ input: _input, ...shown }: Column): object {
  return shown;
}
