import { type Deadline, PlatformError } from "../../base/index.ts";
import type { Artifact, Runtime, Session } from "../contract.ts";
import { probeRows } from "../row-probe.ts";
import { signatureOf } from "./script-tensors.ts";
import { ScriptThread } from "./script-thread.ts";
import { ScriptSession } from "./session.ts";

export interface ScriptRuntimeOptions {
  /** Calls that can be under way at once, over all handlers. */
  readonly lanes: number;
  /** Whether code of users may run at all. */
  readonly allowCode: boolean;
}

/** JavaScript and TypeScript of the user's own, in threads. */
export function createScriptRuntime({ lanes, allowCode }: ScriptRuntimeOptions): Runtime {
  return {
    name: "script",
    engine: `node ${process.versions.node}`,
    concurrency: lanes,
    isElsewhere: false,
    load: async (artifact, deadline) => load(artifact, deadline, allowCode),
    close: async () => {},
  };
}

async function load({ path, manifest }: Artifact, deadline: Deadline, allowCode: boolean): Promise<Session> {
  if (!allowCode) throw notAllowed();
  deadline.check();
  const session = await opened(path, deadline);
  try {
    const { rows, rowsReason } = await probeRows(session.signature, manifest, (parts) =>
      session.start(parts),
    );
    return session.withRows(rows, rowsReason);
  } catch (thrown) {
    await session.close();
    throw thrown;
  }
}

async function opened(path: string, deadline: Deadline): Promise<ScriptSession> {
  const thread = new ScriptThread(path);
  try {
    return new ScriptSession(path, signatureOf(await thread.loaded(deadline)), thread);
  } catch (thrown) {
    thread.end(PlatformError.from(thrown));
    throw thrown;
  }
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
