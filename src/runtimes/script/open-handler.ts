import { type Clock, type Deadline, PlatformError } from "../../base/index.ts";
import type { Manifest } from "../../model/index.ts";
import { type Loaded, ScriptThread } from "./script-thread.ts";
import { ThreadPool } from "./thread-pool.ts";

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

/** A handler in its first thread, and what it declares. */
export interface OpenHandler {
  readonly threads: ThreadPool;
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
  const thread = new ScriptThread(path, isolation);
  const forget = clock.after(loadTimeoutMs, () => thread.end(tooSlow(loadTimeoutMs)));
  try {
    return { loaded: await thread.loaded(deadline), threads: new ThreadPool(path, isolation, thread) };
  } catch (thrown) {
    thread.end(PlatformError.from(thrown));
    throw thrown;
  } finally {
    forget();
  }
}

function tooSlow(ms: number): PlatformError {
  return new PlatformError("failed_precondition", `the handler was not loaded after ${ms} ms`, {
    field: "handler",
    hint: "raise engine.probeTimeoutMs if its load takes longer",
  });
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
