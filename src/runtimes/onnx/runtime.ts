import type { Clock, Deadline } from "../../base/index.ts";
import type { Artifact, Runtime, Session } from "../contract.ts";
import type { Graph } from "./batch-slot.ts";
import { type Engine, openEngine } from "./engine.ts";
import { loadError } from "./engine-error.ts";
import { readPorts } from "./graph-port.ts";
import { LanePool } from "./lane-pool.ts";
import { bundledLibrary } from "./library-path.ts";
import { Loader } from "./loader.ts";
import { OnnxSession } from "./session.ts";
import { signatureOf } from "./signature.ts";

export interface OnnxRuntimeOptions {
  /** Runs that can be under way at once. */
  readonly lanes: number;
  /** Path of another ONNX Runtime library; undefined or "": the one installed with Sirve. */
  readonly library?: string;
  readonly maxArtifactBytes: number;
  readonly clock: Clock;
}

/** ONNX Runtime through its C API: the engine of all models that do not ask for another. */
export function createOnnxRuntime(options: OnnxRuntimeOptions): Runtime {
  return new OnnxRuntime(options);
}

class OnnxRuntime implements Runtime {
  readonly name = "onnx";
  readonly engine: string;
  readonly concurrency: number;
  readonly #engine: Engine;
  readonly #lanes: LanePool;
  readonly #loader: Loader;

  constructor(options: OnnxRuntimeOptions) {
    const libraryPath = options.library || bundledLibrary();
    this.#engine = openEngine(libraryPath);
    this.engine = `onnxruntime ${this.#engine.api.version}`;
    this.concurrency = options.lanes;
    this.#lanes = new LanePool(libraryPath, options.lanes);
    this.#loader = new Loader({ libraryPath, env: this.#engine.env });
  }

  async load(artifact: Artifact, deadline: Deadline): Promise<Session> {
    deadline.check();
    const { intraOpThreads, device } = artifact.manifest;
    const reply = await this.#loader.create({ path: artifact.path, settings: { intraOpThreads, device } });
    if (reply.failure) throw loadError(reply.failure, artifact.path);
    const engine = this.#engine;
    const ports = readPorts(engine, reply.session);
    const graph: Graph = {
      session: reply.session,
      signature: signatureOf(ports),
      inputNames: ports.inputs.map((port) => port.nameAddress),
      outputNames: ports.outputs.map((port) => port.nameAddress),
      isPreallocated: true,
    };
    return new OnnxSession({
      engine,
      lanes: this.#lanes,
      graph,
      ports: [...ports.inputs, ...ports.outputs],
      memoryBytes: reply.rssBytes,
      rows: "independent",
      rowsReason: "",
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#lanes.close(), this.#loader.close()]);
    this.#engine.api.ReleaseEnv(this.#engine.env);
  }
}
