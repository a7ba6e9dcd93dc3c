import type { ControlPlane, TensorSpec } from "../../model/index.ts";
import { modelFailure } from "./plane-errors.ts";
import { refuse } from "./refusal.ts";

/** The extensions of the protocol that this server has, in the order of Triton's list. */
export const EXTENSIONS = [
  "classification",
  "model_repository",
  "schedule_policy",
  "model_configuration",
  "binary_tensor_data",
  "parameters",
  "statistics",
] as const;

/** What the server calls itself. */
export const SERVER_NAME = "sirve";

/** A model's description on this wire. */
export type ModelMetadata = {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
};

type TensorMetadata = {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
};

/** @throws PlatformError `not_found` or `unavailable` in the contract's words. */
export function modelMetadata(control: ControlPlane, model: string, version?: number): ModelMetadata {
  const { signature, status } = describe(control, model, version);
  return {
    name: status.model,
    versions: readyVersions(control, model),
    platform: status.platform,
    inputs: signature.inputs.map(tensorMetadata),
    outputs: signature.outputs.map(tensorMetadata),
  };
}

/** A version's description. @throws PlatformError `not_found` or `unavailable` in the contract's words. */
export function describe(
  control: ControlPlane,
  model: string,
  version?: number,
): ReturnType<ControlPlane["describe"]> {
  try {
    return control.describe(model, version);
  } catch (thrown) {
    throw modelFailure(control, thrown, model, version);
  }
}

/** Whether a version, or the model's latest, answers requests. @throws PlatformError `not_found` for unknown ones. */
export function isModelReady(control: ControlPlane, model: string, version?: number): boolean {
  const known = control.find(model);
  const unknown = `Request for unknown model: '${model}'`;
  if (!known) throw refuse("not_found", `${unknown} is not found`);
  if (version === undefined) return known.serving !== undefined;
  const status = known.versions.find((candidate) => candidate.version === version);
  if (!status) throw refuse("not_found", `${unknown} version ${version} is not found`);
  return status.state === "ready";
}

function readyVersions(control: ControlPlane, model: string): string[] {
  const versions = control.find(model)?.versions ?? [];
  const ready = versions.filter(({ state }) => state === "ready").map(({ version }) => version);
  return ready.toSorted((a, b) => a - b).map(String);
}

/** Shapes of batched tensors lead with -1 as they stand in the signature. */
function tensorMetadata({ name, dtype, shape }: TensorSpec): TensorMetadata {
  return { name, datatype: dtype, shape };
}
