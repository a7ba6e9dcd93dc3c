import { systemClock } from "../base/index.ts";
import type { Config } from "../config/index.ts";
import { cpuQuota } from "../runtimes/index.ts";
import { type FoundVersion, readManifest, scanFolder } from "../serving/index.ts";
import { silentLogger } from "../telemetry/index.ts";
import { artifactOpener, createEngines } from "./engines.ts";

/** What the engine says of itself on this machine. */
export interface EngineDiagnosis {
  /** Library and version. */
  readonly engine: string;
  /** Lanes that the configuration asks for. */
  readonly lanes: number;
  /** CPUs that this process may use. */
  readonly cpus: number;
}

/** What the checks say of the files of one version. */
export interface ArtifactDiagnosis {
  readonly model: string;
  readonly version: number;
  readonly bytes?: number;
  /** Why it will not load; undefined if the checks found nothing. */
  readonly reason?: string;
}

/** Opens the engine and closes it again. @throws PlatformError or Error saying why it does not open. */
export async function diagnoseEngine(config: Config): Promise<EngineDiagnosis> {
  const engines = createEngines(config, { clock: systemClock });
  try {
    const cpus = cpuQuota();
    return { engine: engines.description, lanes: config.engine.lanes || cpus, cpus };
  } finally {
    await engines.close();
  }
}

/**
 * Checks the manifest and the file of every version in the models folder, without loading any.
 *
 * @throws PlatformError `failed_precondition` if the folder cannot be read.
 */
export async function diagnoseModels(config: Config): Promise<readonly ArtifactDiagnosis[]> {
  const { versions, problems } = await scanFolder(config.models);
  const open = artifactOpener(config, silentLogger);
  const found: ArtifactDiagnosis[] = problems.map(({ path, reason }) => ({
    model: path,
    version: 0,
    reason,
  }));
  for (const one of versions) found.push(await diagnoseVersion(one, open));
  return found;
}

async function diagnoseVersion(
  found: FoundVersion,
  open: ReturnType<typeof artifactOpener>,
): Promise<ArtifactDiagnosis> {
  const { model, version } = found;
  try {
    const { bytes } = await open(found.path, await readManifest(found));
    return { model, version, bytes };
  } catch (thrown) {
    return { model, version, reason: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
