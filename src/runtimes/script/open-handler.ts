import { type Clock, type Deadline, PlatformError } from "../../base/index.ts";
import type { Manifest } from "../../model/index.ts";
import { type Loaded, ScriptWorker } from "./script-worker.ts";
import { WorkerPool } from "./worker-pool.ts";

/** What handlers are run with. */
export interface ScriptOptions {
  /** Whether code of users may run at all. */
  readonly allowCode: boolean;
  /** Longest that a handler may take to load, in milliseconds. */
  readonly loadTimeoutMs: number;
  readonly clock: Clock;
}

/** A handler's file, and how it is to be run. */
export interface HandlerFile {
  /** Absolute path. */
  readonly path: string;
  readonly manifest: Manifest;
}

/** A handler in its first worker, and what it declares. */
export interface OpenHandler {
  readonly workers: WorkerPool;
  readonly loaded: Loaded;
}

/** @throws PlatformError `failed_precondition` with the user's own message. */
export async function openHandler(
  { path, manifest: { isolation } }: HandlerFile,
  deadline: Deadline,
  { allowCode, clock, loadTimeoutMs }: ScriptOptions,
): Promise<OpenHandler> {
  if (!allowCode) throw notAllowed();
  deadline.check();
  const settings = { path, isolation, loadTimeoutMs, clock };
  const worker = new ScriptWorker(settings);
  try {
    return { loaded: await worker.loaded(deadline), workers: new WorkerPool(settings, worker) };
  } catch (thrown) {
    worker.end(PlatformError.from(thrown));
    throw thrown;
  }
}

function notAllowed(): PlatformError {
  return new PlatformError(
    "failed_precondition",
    "this server runs no code of users: the version has a handler",
    {
      field: "engine.allowCode",
      got: "false",
      expected: "true",
      hint: "start it with --engine-allow-code if you trust everyone who can add models: a handler may do what the server may",
    },
  );
}
