import type { Manifest } from "../model/index.ts";
import type { LoadedVersion } from "./loaded-version.ts";

/** Settings that a version can be tried with; what is missing is as the manifest says. */
export interface LoadSettings {
  readonly instances?: number | undefined;
  readonly maxRows?: number | undefined;
  readonly maxDelayUs?: number | undefined;
}

/** A manifest with other settings. Who names the rows of a batch wants rows joined, where the model allows it. */
export function withSettings(manifest: Manifest, { instances, maxRows, maxDelayUs }: LoadSettings): Manifest {
  const { batching } = manifest;
  const preferredRows = batching.preferredRows.filter((rows) => rows <= (maxRows ?? rows));
  return {
    ...manifest,
    ...(instances !== undefined && { instances }),
    batching: {
      ...batching,
      ...(maxRows !== undefined && { mode: "rows" as const, maxRows, preferredRows }),
      ...(maxDelayUs !== undefined && { maxDelayUs }),
    },
  };
}

/** The settings in force in a loaded version. */
export function settingsOf({ parts }: LoadedVersion): Required<LoadSettings> {
  const { maxRows, maxDelayUs } = parts.scheduler.batching;
  return { instances: parts.instances, maxRows, maxDelayUs };
}
