import { type ErrorDetails, PlatformError } from "../../base/index.ts";
import type { ControlPlane, LoadState, VersionStatus } from "../../model/index.ts";
import { loadFault, refuse } from "./refusal.ts";

/** One line of the repository index; a model without versions has only its name. */
export type ModelIndex = {
  readonly name: string;
  readonly version?: string;
  readonly state?: string;
  readonly reason?: string;
};

const STATES: Record<LoadState, string> = {
  unloaded: "UNAVAILABLE",
  loading: "LOADING",
  ready: "READY",
  draining: "UNLOADING",
  failed: "UNAVAILABLE",
};

/** Every model and version that the server knows, or those that are ready. */
export function repositoryIndex(control: ControlPlane, onlyReady: boolean): ModelIndex[] {
  const lines: ModelIndex[] = [];
  for (const { model, versions } of control.list()) {
    if (versions.length === 0 && !onlyReady) lines.push({ name: model });
    for (const status of versions) {
      if (!onlyReady || status.state === "ready") lines.push(indexLine(status));
    }
  }
  return lines;
}

function indexLine({ model, version, state, reason }: VersionStatus): ModelIndex {
  const because = reason ?? (state === "unloaded" ? "unloaded" : "");
  return { name: model, version: String(version), state: STATES[state], reason: because };
}

/** @throws PlatformError in the contract's words. */
export async function loadModel(control: ControlPlane, model: string): Promise<void> {
  try {
    await control.load(model);
  } catch (thrown) {
    throw loadFailure(thrown, model);
  }
}

/** @throws PlatformError in the contract's words. */
export async function unloadModel(control: ControlPlane, model: string): Promise<void> {
  try {
    await control.unload(model);
  } catch (thrown) {
    const error = PlatformError.from(thrown);
    if (isControlRefused(error)) throw controlRefused(error);
    if (error.code !== "not_found") throw error;
    throw refuse("invalid_argument", "Model to be unloaded has not been served", caused(error));
  }
}

function loadFailure(thrown: unknown, model: string): PlatformError {
  const error = PlatformError.from(thrown);
  if (isControlRefused(error)) return controlRefused(error);
  if (error.code === "not_found") {
    const text = `failed to load '${model}', failed to poll from model repository`;
    return loadFault("not_found", text, caused(error));
  }
  if (error.code !== "failed_precondition") return error;
  const text = `failed to load '${model}', no version is available: ${error.message}`;
  return loadFault("failed_precondition", text, caused(error));
}

/** The control plane refuses loads and unloads by request while it follows the folder. */
function isControlRefused({ code, details }: PlatformError): boolean {
  return code === "permission_denied" || details.field === "modelControl";
}

function controlRefused(error: PlatformError): PlatformError {
  const text = "explicit model load / unload is not allowed if polling is enabled";
  return refuse("unavailable", text, caused(error));
}

function caused(error: PlatformError): ErrorOptions & ErrorDetails {
  return { ...error.details, cause: error };
}

/** Refuses to name a repository: this server has one. */
export function repositoryNameRefused(): PlatformError {
  return refuse("unimplemented", "'repository_name' specification is not supported");
}

/** Refuses what a load request may carry on Triton: the folder and its manifests are the only source of models. */
export function checkLoadParameter(name: string): void {
  if (name === "config" || name.startsWith("file:")) {
    const text = `load parameter '${name}' is not supported: models and their manifests come from the model folder`;
    throw refuse("unimplemented", text, { field: name, hint: "Put the version into the model folder." });
  }
}
