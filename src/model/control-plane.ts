import type { Manifest } from "./manifest.ts";
import type { Signature } from "./signature.ts";

/** Where a version stands on this server. */
export type LoadState = "unloaded" | "loading" | "ready" | "draining" | "failed";

/** How a version's requests share runs. */
export interface BatchingStatus {
  /** "none": each request runs alone, because rows are not independent or joining does not pay. */
  readonly mode: "rows" | "none";
  readonly maxRows: number;
  readonly maxDelayUs: number;
  /** Why it is so, one short clause: "profiled: knee at 16 rows", "rows depend on each other". */
  readonly reason: string;
}

export interface VersionStatus {
  readonly model: string;
  readonly version: number;
  readonly state: LoadState;
  /** Why it failed, or what it waits for. */
  readonly reason?: string;
  /** SHA-256 of the artifact, hex; "" before it was read. */
  readonly digest: string;
  readonly artifactBytes: number;
  /** Engine memory attributed to it, in bytes; 0 unless loaded. */
  readonly memoryBytes: number;
  /** From the decision to load until ready, in milliseconds. */
  readonly loadMs?: number;
  readonly batching?: BatchingStatus;
  /** Runs go inline on the main thread (tiny models) instead of to a lane. */
  readonly inline?: boolean;
  readonly platform: string;
}

export interface ModelStatus {
  readonly model: string;
  readonly versions: readonly VersionStatus[];
  /** The version that answers requests without one; undefined while none is ready. */
  readonly serving?: number;
}

/** All that a wire needs to describe one loaded version. */
export interface VersionDescription {
  readonly status: VersionStatus;
  readonly signature: Signature;
  readonly manifest: Manifest;
}

/** A counted duration of the V2 statistics: cumulative since start. */
export interface DurationStat {
  readonly count: number;
  readonly ns: number;
}

export interface VersionStatistics {
  readonly model: string;
  readonly version: number;
  /** Milliseconds since the epoch; 0 before the first. */
  readonly lastInferenceMs: number;
  /** Successful rows. */
  readonly inferenceCount: number;
  /** Runs of the model; a batch counts once. */
  readonly executionCount: number;
  readonly success: DurationStat;
  readonly fail: DurationStat;
  readonly queue: DurationStat;
  readonly computeInput: DurationStat;
  readonly computeInfer: DurationStat;
  readonly computeOutput: DurationStat;
  readonly batches: readonly {
    readonly rows: number;
    readonly computeInput: DurationStat;
    readonly computeInfer: DurationStat;
    readonly computeOutput: DurationStat;
  }[];
  readonly memoryBytes: number;
}

/** What any protocol may ask about the models, and change. */
export interface ControlPlane {
  /** Whether the server takes requests: its initial models are settled and it is not stopping. */
  isReady(): boolean;
  list(): readonly ModelStatus[];
  /** The model that a request for `name` reaches: a model, an endpoint, or a reference such as "churn@challenger". */
  find(name: string): ModelStatus | undefined;
  /**
   * @throws PlatformError `not_found`, or `unavailable` while that version (or every version) is
   *   not ready, with its reason.
   */
  describe(model: string, version?: number): VersionDescription;
  /**
   * Loads what the folder holds of a model, or one version of it, and resolves once it is ready.
   *
   * @throws PlatformError `not_found`, `failed_precondition` with the reason if it does not load.
   */
  load(model: string, version?: number): Promise<ModelStatus>;
  /** Drains and unloads a model or one version; resolves once its memory is released. */
  unload(model: string, version?: number): Promise<void>;
  /** Statistics of every loaded version, or of those asked for. @throws PlatformError `not_found`. */
  statistics(model?: string, version?: number): readonly VersionStatistics[];
}
