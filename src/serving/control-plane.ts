import { type Deadlines, PlatformError } from "../base/index.ts";
import { type ControlPlane, modelNotFound, type VersionDescription } from "../model/index.ts";
import type { LoadedVersion } from "./loaded-version.ts";
import type { Models } from "./models.ts";

export interface ControlPlaneOptions {
  readonly models: Models;
  readonly deadlines: Deadlines;
  /** Looks at the folder before something is loaded by name. */
  readonly look: () => Promise<void>;
  /** Whether models are loaded and unloaded by name, instead of following the folder. */
  readonly isExplicit: boolean;
  /** Longest that loading or unloading by name may take. */
  readonly changeMs: number;
  readonly isStopping: () => boolean;
}

/** The control plane over the models of this server. */
export function createControlPlane(options: ControlPlaneOptions): ControlPlane {
  const { models, deadlines } = options;

  async function change<T>(work: (deadline: ReturnType<Deadlines["start"]>) => Promise<T>): Promise<T> {
    if (!options.isExplicit) throw notExplicit();
    const deadline = deadlines.start(options.changeMs);
    try {
      return await work(deadline);
    } finally {
      deadline.close();
    }
  }

  return {
    isReady: () => models.isSettled() && !options.isStopping(),
    list: () => models.list(),
    find: (name) => models.list().find(({ model }) => model === name),
    describe: (model, version) => describe(models.require(model, version)),
    async load(model, version) {
      return change(async (deadline) => {
        await options.look();
        return models.load(model, version, deadline);
      });
    },
    async unload(model, version) {
      return change(async (deadline) => models.unload(model, version, deadline));
    },
    statistics(model, version) {
      const loaded = models.loaded().filter(({ parts }) => {
        return (
          (model === undefined || parts.model === model) &&
          (version === undefined || parts.version === version)
        );
      });
      if (loaded.length === 0 && model !== undefined) throw modelNotFound(model, version);
      return loaded.map(({ parts }) => {
        return parts.observer.statistics.read(parts.model, parts.version, parts.session.memoryBytes);
      });
    },
  };
}

function describe(loaded: LoadedVersion): VersionDescription {
  const { session, manifest } = loaded.parts;
  return { status: loaded.status("ready"), signature: session.signature, manifest };
}

function notExplicit(): PlatformError {
  return new PlatformError(
    "failed_precondition",
    "models follow the folder, so none is loaded or unloaded by name",
    {
      field: "modelControl",
      got: "watch",
      expected: "explicit",
      hint: "start the server with --model-control explicit, or change the folder",
    },
  );
}
