import { type ControlPlane, type ModelStatus, modelNotFound } from "../../model/index.ts";
import { describeLoaded } from "../../protocols/index.ts";
import type { ModelRecord } from "../../registry/index.ts";

/** A model's states on this server; none where nothing of it is loaded. */
export function statusOf(control: ControlPlane, model: string): ModelStatus {
  return control.list().find((status) => status.model === model) ?? { model, versions: [] };
}

/** A model of the registry with its states on this server. */
export function joined(record: ModelRecord, control: ControlPlane): ModelRecord & ModelStatus {
  return { ...record, ...statusOf(control, record.model) };
}

/** A model of the folder. @throws PlatformError `not_found`. */
export function foundIn(control: ControlPlane, model: string): ModelStatus {
  const status = control.find(model);
  if (!status) throw modelNotFound(model);
  return status;
}

/** A model with one version of it alone. @throws PlatformError `not_found`. */
export function withVersion(status: ModelStatus, version: number): ModelStatus {
  const versions = status.versions.filter((candidate) => candidate.version === version);
  if (versions.length === 0) throw modelNotFound(status.model, version);
  return { ...status, versions };
}

/** What the version that answers takes and gives; of the registry its own words about the model come first. */
export function described(
  control: ControlPlane,
  model: string,
  { version, text }: { readonly version?: number; readonly text?: string } = {},
): { readonly description?: object } {
  const description = describeLoaded(control, model, version);
  if (text === undefined || text === "") return description ? { description } : {};
  return { description: { ...description, text } };
}
