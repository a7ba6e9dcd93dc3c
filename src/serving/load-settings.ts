import type { LoadTestSettings, Manifest } from "../model/index.ts";
import type { LoadedVersion } from "./loaded-version.ts";

/** Settings that a version can be tried with; what is missing is as the manifest says. */
export type LoadSettings = { readonly [K in keyof LoadTestSettings]?: LoadTestSettings[K] | undefined };

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
export function settingsOf({ parts }: LoadedVersion): LoadTestSettings {
  const { maxRows, maxDelayUs } = parts.scheduler.batching;
  return { instances: parts.instances, maxRows, maxDelayUs };
}
