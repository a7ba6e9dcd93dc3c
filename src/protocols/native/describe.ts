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
function describeTensor({ name, dtype, shape, labels, optional }: TensorSpec): object {
  return { name, dtype, shape, ...(labels && { labels }), ...(optional && { optional }) };
}

/** The columns of a version's rows, or why it has none. */
function describeColumns(signature: Signature, manifest: Manifest): object {
  const layout = rowLayout(signature, manifest);
  if (layout.kind === "none") return { columns: [], noRows: layout.reason };
  return { columns: layout.columns.map(describeColumn) };
}

function describeColumn({ input: _input, ...shown }: Column): object {
  return shown;
}

/** What a loaded version takes and gives, for people and forms; undefined where nothing is loaded to describe. */
export function describeLoaded(control: ControlPlane, model: string, version?: number): object | undefined {
  const description = describeIfReady(control, model, version);
  if (!description) return undefined;
  const { status, signature, manifest } = description;
  const [first] = manifest.inputPreparation;
  return {
    version: status.version,
    text: manifest.description,
    inputs: signature.inputs.map(describeTensor),
    outputs: signature.outputs.map(describeTensor),
    ...describeColumns(signature, manifest),
    ...(manifest.labels.length > 0 && { labels: manifest.labels }),
    ...(first && { takes: first.name === "tokenize" ? "text" : first.name }),
    licence: manifest.licence,
    origin: manifest.origin,
  };
}
