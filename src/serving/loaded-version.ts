import { PlatformError } from "../base/index.ts";
import { engineOfFile, type LoadState, type Manifest, type VersionStatus } from "../model/index.ts";
import type { Preparation } from "../prepare/index.ts";
import type { Session } from "../runtimes/index.ts";
import type { Scheduler } from "../scheduler/index.ts";
import type { VersionObserver } from "./observed.ts";

const PLATFORMS = {
  onnx: "onnxruntime_onnx",
  script: "sirve_handler",
  python: "sirve_python",
  pipeline: "sirve_pipeline",
  remote: "sirve_remote",
} as const;

/** Platform name of a version: of ONNX models as Triton gives it. */
export function platformOf(path: string): string {
  return PLATFORMS[engineOfFile(path) ?? "onnx"];
}

/** What a load has made of a version's files. */
export interface LoadedParts {
  readonly model: string;
  readonly version: number;
  readonly digest: string;
  readonly artifactBytes: number;
  readonly platform: string;
  readonly manifest: Manifest;
  readonly session: Session;
  readonly scheduler: Scheduler;
  readonly preparation: Preparation;
  readonly inline: boolean;
  /** Runs under way at once at the most. */
  readonly instances: number;
  /** From the decision to load until ready, in milliseconds. */
  readonly loadMs: number;
  readonly observer: VersionObserver;
  /** Called once its memory is free. */
  readonly release?: () => void;
}

/** A version in memory. Whoever acquired it holds it; it is freed after the last holder has released it. */
export class LoadedVersion {
  readonly parts: LoadedParts;
  #holders = 0;
  #retired: (() => void) | undefined;

  constructor(parts: LoadedParts) {
    this.parts = parts;
  }

  /** Holds it for one request; the caller releases it in a `finally`. */
  acquire(): this {
    if (this.#retired) throw new PlatformError("unavailable", "version is draining"); // Never handed out once retired.
    this.#holders += 1;
    return this;
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.#retired?.();
  }

  status(state: LoadState): VersionStatus {
    const { model, version, digest, artifactBytes, platform, session, loadMs, inline, scheduler } =
      this.parts;
    const { batching } = scheduler;
    const { memoryBytes } = session;
    const status = { model, version, state, digest, artifactBytes, memoryBytes, loadMs, batching, inline };
    return { ...status, platform };
  }

  /** Waits for the last holder, then frees the memory. Called once, when no new request can acquire it. */
  async retire(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#retired = resolve;
      if (this.#holders === 0) resolve();
    });
    await this.parts.scheduler.drain();
    await this.parts.session.close();
    this.parts.observer.close();
    this.parts.release?.();
  }
}
