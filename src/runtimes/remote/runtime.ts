import { readFile, stat } from "node:fs/promises";
import { type Clock, type Deadline, PlatformError } from "../../base/index.ts";
import type { Artifact, Runtime, Session } from "../contract.ts";
import { boundedRun, probeRows, type RowFacts, UNTRIED } from "../row-probe.ts";
import { RemoteCaller } from "./caller.ts";
import { openOpenAi } from "./openai.ts";
import { headersOf, originAllowed } from "./permission.ts";
import { parseRemote, type Remote } from "./remote-file.ts";
import { RemoteSession, type RemoteSessionParts } from "./session.ts";
import { openTensorFlowServing } from "./tensorflow-serving.ts";
import { openV2 } from "./v2.ts";
import type { Ask, Wire } from "./wire.ts";

export interface RemoteRuntimeOptions {
  /** Origins that may be asked. */
  readonly allowed: readonly string[];
  /** Environment variables whose values may be sent. */
  readonly secrets: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

/** Requests under way at once, over all remote models: they wait for others and cost little here. */
const LANES = 256;
const MAX_FILE_BYTES = 1024 * 1024;
/** Models that other servers run. */
export function createRemoteRuntime(options: RemoteRuntimeOptions): Runtime {
  return {
    name: "remote",
    engine: `node ${process.versions.node}`,
    concurrency: LANES,
    load: async (artifact, deadline) => load(artifact, deadline, options),
    close: async () => {},
  };
}

async function load(artifact: Artifact, deadline: Deadline, options: RemoteRuntimeOptions): Promise<Session> {
  const remote = parseRemote(await fileOf(artifact.path));
  const base = new URL(remote.url);
  originAllowed(base, options.allowed);
  const { timeoutMs, retries, maxResponseBytes, maxConcurrent } = remote;
  const { clock } = options;
  const headers = headersOf(remote, options);
  const caller = new RemoteCaller({
    base,
    headers,
    timeoutMs,
    retries,
    maxResponseBytes,
    maxConcurrent,
    clock,
  });
  try {
    const wire = await opened(remote, caller, deadline);
    const parts = { wire, caller, clock, maxRuns: maxConcurrent };
    return new RemoteSession(parts, await rowsOf(parts, artifact, deadline));
  } catch (thrown) {
    caller.close();
    throw thrown;
  }
}

async function fileOf(path: string): Promise<Buffer> {
  const { size } = await stat(path);
  if (size <= MAX_FILE_BYTES) return await readFile(path);
  throw new PlatformError("failed_precondition", `remote.json has ${size} bytes`, {
    field: "remote.json",
    got: `${size} bytes`,
    expected: `at most ${MAX_FILE_BYTES} bytes`,
  });
}

/** @throws PlatformError `failed_precondition` if the server's metadata is none; as the call fails otherwise. */
async function opened(remote: Remote, caller: RemoteCaller, deadline: Deadline): Promise<Wire> {
  const stop = new AbortController();
  const forget = deadline.onEnd((reason) => stop.abort(reason));
  const ask: Ask = async (request) => caller.call(request, { signal: stop.signal });
  try {
    if (remote.protocol === "openai") return openOpenAi(remote);
    if (remote.protocol === "v2") return await openV2(remote, ask);
    return await openTensorFlowServing(remote, ask);
  } catch (thrown) {
    const error = PlatformError.from(thrown);
    const isFile = error.code === "internal" || error.code === "invalid_argument";
    throw isFile
      ? new PlatformError("failed_precondition", error.message, { ...error.details, cause: error })
      : error;
  } finally {
    forget();
  }
}

/** Its rows are tried where that costs nothing. */
async function rowsOf(
  parts: RemoteSessionParts,
  { manifest }: Artifact,
  deadline: Deadline,
): Promise<RowFacts> {
  if (parts.wire.trialCost !== undefined) return { rows: "independent", rowsReason: "" };
  const trial = new RemoteSession(parts, UNTRIED);
  return await probeRows(trial.signature, manifest, (tensors) => {
    deadline.check();
    return boundedRun(trial.start(tensors), parts.clock);
  });
}
