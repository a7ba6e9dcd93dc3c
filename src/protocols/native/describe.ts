import { PlatformError } from "../../base/index.ts";
import {
  type Column,
  type ControlPlane,
  type Manifest,
  rowLayout,
  type Signature,
  type TensorSpec,
  type VersionDescription,
} from "../../model/index.ts";

/** What a model, or one version of it, is; undefined where nothing is loaded to describe. */
export function describeIfReady(
  control: ControlPlane,
  model: string,
  version?: number,
): VersionDescription | undefined {
  try {
    return control.describe(model, version);
  } catch (thrown) {
    if (thrown instanceof PlatformError && thrown.code !== "internal") return undefined;
    throw thrown;
  }
}

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
