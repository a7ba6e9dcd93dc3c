import { type Clock, type Deadline, PlatformError } from "../../base/index.ts";
import type { Artifact, Run, Runtime, Session } from "../contract.ts";
import { probeRows } from "../row-probe.ts";
import { signatureOf } from "./script-tensors.ts";
import { ScriptThread } from "./script-thread.ts";
import { ScriptSession } from "./session.ts";

export interface ScriptRuntimeOptions {
  /** Calls that can be under way at once, over all handlers. */
  readonly lanes: number;
  /** Whether code of users may run at all. */
  readonly allowCode: boolean;
  /** Longest that a handler may take to load, in milliseconds. */
  readonly loadTimeoutMs: number;
  readonly clock: Clock;
}

/** Longest that one call on sample inputs may take. */
const PROBE_RUN_MS = 2000;

/** JavaScript and TypeScript of the user's own, in threads. */
export function createScriptRuntime(options: ScriptRuntimeOptions): Runtime {
  return {
    name: "script",
    engine: `node ${process.versions.node}`,
    concurrency: options.lanes,
    isElsewhere: false,
    load: async (artifact, deadline) => load(artifact, deadline, options),
    close: async () => {},
  };
}

async function load(
  { path, manifest }: Artifact,
  deadline: Deadline,
  options: ScriptRuntimeOptions,
): Promise<Session> {
  if (!options.allowCode) throw notAllowed();
  deadline.check();
  const session = await opened(path, deadline, options);
  try {
    const { rows, rowsReason } = await probeRows(session.signature, manifest, (parts) =>
      bounded(session.start(parts), options.clock),
    );
    return session.withRows(rows, rowsReason);
  } catch (thrown) {
    await session.close();
    throw thrown;
  }
}

/** Stopped when it takes too long. */
function bounded(run: Run, clock: Clock): Run {
  const forget = clock.after(PROBE_RUN_MS, () => run.terminate());
  return { done: run.done.finally(forget), terminate: () => run.terminate() };
}

async function opened(
  path: string,
  deadline: Deadline,
  { clock, loadTimeoutMs }: ScriptRuntimeOptions,
): Promise<ScriptSession> {
  const thread = new ScriptThread(path);
  const forget = clock.after(loadTimeoutMs, () => thread.end(tooSlow(loadTimeoutMs)));
  try {
    return new ScriptSession(path, signatureOf(await thread.loaded(deadline)), thread);
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
    "this server runs no code of users: the version is a handler",
    {
      field: "engine.allowCode",
      got: "false",
      expected: "true",
      hint: "start it with --engine-allow-code if you trust everyone who can add models: a handler may do what the server may",
    },
  );
}
