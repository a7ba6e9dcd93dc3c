import { type Clock, type Deadline, PlatformError, Turnstile } from "../../base/index.ts";
import type { Signature } from "../../model/index.ts";
import { signatureOf } from "../../onnx/index.ts";
import { ensureCacheFolder } from "../cache-folder.ts";
import type { Artifact, Runtime, Session } from "../contract.ts";
import { modelInfo } from "../model-info.ts";
import { sessionMemory } from "../session-memory.ts";
import { startArguments } from "../start-arguments.ts";
import { graphOf } from "./batch-slot.ts";
import { type LoadReply, type LoadRequest, refusal } from "./create-session.ts";
import { leaveAtOnce, sizeCostOnCuda } from "./cuda.ts";
import { type Engine, isTestedVersion, openEngine } from "./engine.ts";
import { readPorts } from "./graph-port.ts";
import { GraphRunner } from "./graph-runner.ts";
import { LanePool } from "./lane-pool.ts";
import { bundledLibrary } from "./library-path.ts";
import { Loader } from "./loader.ts";
import { ProbeCache } from "./probe-cache.ts";
import { type ProbeFound, probeInChild } from "./probe-child.ts";
import { OnnxSession } from "./session.ts";
import { confirmSignature } from "./signature.ts";
import { zipMapOutputs } from "./zip-map.ts";

/** How the ONNX engine works; all but `lanes` and `clock` from the settings under `engine`. */
export interface OnnxRuntimeOptions {
  /** Runs that can be under way at once. */
  readonly lanes: number;
  /** Path of another ONNX Runtime library; undefined or "": the one installed with Sirve. */
  readonly library?: string;
  /** Folder where probes and compiled code are kept; undefined: nowhere. */
  readonly cacheDir?: string;
  /** Longest that the process that tries a new artifact may take. */
  readonly probeTimeoutMs: number;
  /** Memory at which that process is ended. */
  readonly probeMemoryBytes: number;
  /** A larger model file is refused. */
  readonly maxArtifactBytes: number;
  readonly clock: Clock;
}

/**
 * ONNX Runtime through its C API: the engine of all models that do not ask for another.
 *
 * @throws PlatformError `failed_precondition` if the library cannot be loaded.
 */
export function createOnnxRuntime(options: OnnxRuntimeOptions): Runtime {
  return new OnnxRuntime(options);
}

type Created = Extract<LoadReply, { kind: "created" }>;

/** What is to be loaded. */
interface Wanted {
  readonly artifact: Artifact;
  /** As the file says it. */
  readonly signature: Signature;
  readonly request: LoadRequest;
  /** Whether its file holds a loop, whose end may depend on values, or its runs wait for a device. */
  readonly mayRunOn: boolean;
  readonly sizeCost: Session["sizeCost"];
}

class OnnxRuntime implements Runtime {
  readonly name = "onnx";
  readonly engine: string;
  readonly concurrency: number;
  readonly #options: OnnxRuntimeOptions;
  readonly #engine: Engine;
  readonly #execArgv: string[];
  readonly #lanes: LanePool;
  readonly #loader: Loader;
  readonly #cache: ProbeCache;
  readonly #probes: Turnstile;

  constructor(options: OnnxRuntimeOptions) {
    this.#options = options;
    const { cacheDir } = options;
    ensureCacheFolder(cacheDir);
    this.#execArgv = startArguments(cacheDir);
    const libraryPath = options.library || bundledLibrary();
    this.#engine = openEngine(libraryPath);
    warnUntested(this.#engine.api.version);
    this.engine = `onnxruntime ${this.#engine.api.version}`;
    this.concurrency = options.lanes;
    this.#loader = new Loader({ libraryPath, execArgv: this.#execArgv, env: this.#engine.env });
    this.#lanes = new LanePool({ libraryPath, execArgv: this.#execArgv }, options.lanes, options.clock);
    this.#probes = new Turnstile(Math.max(1, options.lanes));
    this.#cache = new ProbeCache(cacheDir, this.engine);
  }

  async load(artifact: Artifact, deadline: Deadline): Promise<Session> {
    deadline.check();
    checkSize(artifact, this.#options.maxArtifactBytes);
    const info = await modelInfo(artifact);
    const { intraOpThreads, device } = artifact.manifest;
    const wanted: Wanted = {
      artifact,
      signature: signatureOf(info),
      sizeCost: device === "cuda" ? sizeCostOnCuda(info) : undefined,
      mayRunOn: info.controlFlow.includes("Loop") || device === "cuda",
      request: { path: artifact.path, settings: { intraOpThreads, device }, zipMaps: zipMapOutputs(info) },
    };
    if (device === "cuda") leaveAtOnce();
    const found =
      (await this.#cache.read(artifact)) ?? (await this.#probes.run(() => this.#probe(wanted, deadline)));
    deadline.check();
    const reply = await this.#loader.create(wanted.request);
    if (reply.kind !== "created") throw refusal(reply, artifact.path);
    if (deadline.reason) {
      await this.#release(reply.session);
      throw deadline.reason;
    }
    return await this.#open(reply, wanted, found);
  }

  async close(): Promise<void> {
    await Promise.all([this.#lanes.close(), this.#loader.close()]);
    // The environment stays: a run that does not come back may still use it.
  }

  async #probe({ artifact, request, signature }: Wanted, deadline: Deadline): Promise<ProbeFound> {
    const { probeTimeoutMs: timeoutMs, probeMemoryBytes: memoryBytes, clock } = this.#options;
    const task = { libraryPath: this.#engine.libraryPath, request, manifest: artifact.manifest, signature };
    const found = await probeInChild(
      task,
      { timeoutMs, memoryBytes, clock, execArgv: this.#execArgv },
      deadline,
    );
    await this.#cache.write(artifact, found);
    return found;
  }

  async #open(
    reply: Created,
    { artifact, signature, mayRunOn, sizeCost }: Wanted,
    found: ProbeFound,
  ): Promise<Session> {
    try {
      const ports = readPorts(this.#engine, reply.session);
      const graph = graphOf(reply.session, confirmSignature(signature, ports), ports, found.shapesHold);
      return new OnnxSession({
        runner: new GraphRunner(this.#engine, graph),
        lanes: this.#lanes,
        clock: this.#options.clock,
        ports,
        release: (session) => this.#release(session),
        memoryBytes: sessionMemory(reply.heapBytes, artifact.bytes),
        rows: found.rows,
        rowsReason: found.rowsReason,
        mayRunOn,
        sizeCost,
      });
    } catch (thrown) {
      await this.#release(reply.session);
      throw thrown;
    }
  }

  /** A thread that has ended released nothing, and takes its memory with the process. */
  async #release(session: number): Promise<void> {
    await this.#loader.release(session).catch(() => {});
  }
}

function warnUntested(version: string): void {
  if (isTestedVersion(version)) return;
  process.emitWarning(`ONNX Runtime ${version} is not a version that Sirve is tested with`, {
    code: "SIRVE_UNTESTED_ENGINE",
  });
}

function checkSize({ bytes }: Artifact, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  throw new PlatformError(
    "failed_precondition",
    `the model file has ${bytes} bytes, expected at most ${maxBytes}`,
    {
      field: "model.onnx",
      got: `${bytes} bytes`,
      expected: `at most ${maxBytes} bytes`,
      hint: "Raise engine.maxArtifactBytes.",
    },
  );
}
