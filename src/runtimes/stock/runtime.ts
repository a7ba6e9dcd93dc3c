import { createRequire } from "node:module";
import { type Clock, type Deadline, PlatformError } from "../../base/index.ts";
import type { Signature } from "../../model/index.ts";
import { type ModelInfo, signatureOf } from "../../onnx/index.ts";
import { ensureCacheFolder } from "../cache-folder.ts";
import type { Artifact, Runtime, Session } from "../contract.ts";
import { modelInfo } from "../model-info.ts";
import { loadError } from "../onnx/engine-error.ts";
import { boundedRun, probeRows, UNTRIED } from "../row-probe.ts";
import { sessionMemory } from "../session-memory.ts";
import { startArguments } from "../start-arguments.ts";
import { ChildPool } from "./child-pool.ts";
import type { Answer, LoadOrder } from "./message.ts";
import { StockSession } from "./session.ts";

export interface StockRuntimeOptions {
  /** Child processes: runs that can be under way at once. Each holds a copy of every model it has run. */
  readonly lanes: number;
  /** Folder where compiled code is kept; undefined: nowhere. */
  readonly cacheDir?: string;
  readonly clock: Clock;
}

/**
 * onnxruntime-node's own API in child processes: an independent answer to compare the main engine
 * with, and a way to serve a model that crashes. Slower, and without BF16, ZipMap outputs, and
 * strings that are not text. Children start with the first load.
 */
export function createStockRuntime(options: StockRuntimeOptions): Runtime {
  return new StockRuntime(options);
}

class StockRuntime implements Runtime {
  readonly name = "stock";
  readonly engine: string;
  readonly concurrency: number;
  readonly #pool: ChildPool;
  readonly #clock: Clock;
  #sessions = 0;

  constructor({ lanes, clock, cacheDir }: StockRuntimeOptions) {
    this.engine = `onnxruntime-node ${packageVersion()}`;
    this.concurrency = lanes;
    this.#clock = clock;
    ensureCacheFolder(cacheDir);
    this.#pool = new ChildPool(lanes, clock, startArguments(cacheDir));
  }

  async load(artifact: Artifact, deadline: Deadline): Promise<Session> {
    deadline.check();
    const info = await modelInfo(artifact);
    refuseUnreadable(info);
    const signature = signatureOf(info);
    this.#sessions += 1;
    const { intraOpThreads } = artifact.manifest;
    const order: LoadOrder = { kind: "load", session: this.#sessions, path: artifact.path, intraOpThreads };
    const rssBytes = await this.#load(order, deadline);
    const memoryBytes = sessionMemory(rssBytes, artifact.bytes);
    return await this.#open(order, signature, artifact, memoryBytes);
  }

  async close(): Promise<void> {
    this.#pool.close();
  }

  /** Loads in the first free child; returns by how much it grew. */
  async #load(order: LoadOrder, deadline: Deadline): Promise<number> {
    const answer = await new Promise<Answer | undefined>((resolve, reject) => {
      const job = {
        isWanted: () => {
          if (deadline.reason) reject(deadline.reason);
          return !deadline.reason;
        },
        run: async (child: ChildPool["children"][number]) => {
          const forget = deadline.onEnd((reason) => child.kill(reason));
          await child.load(order).then(resolve, reject);
          forget();
        },
      };
      this.#pool.submit(job);
    });
    if (answer?.kind === "failed") throw loadError({ code: 0, message: answer.message }, order.path);
    return answer?.kind === "loaded" ? answer.rssBytes : 0;
  }

  async #open(
    order: LoadOrder,
    signature: Signature,
    artifact: Artifact,
    memoryBytes: number,
  ): Promise<Session> {
    const trial = new StockSession(this.#pool, order, signature, { ...UNTRIED, memoryBytes });
    const found = await probeRows(signature, artifact.manifest, (parts) =>
      boundedRun(trial.start(parts), this.#clock),
    );
    return new StockSession(this.#pool, order, signature, { ...found, memoryBytes });
  }
}

function packageVersion(): string {
  const require = createRequire(import.meta.url);
  const { version } = require("onnxruntime-node/package.json") as { version: string };
  return version;
}

/** @throws PlatformError `failed_precondition` for what onnxruntime-node cannot give or take. */
function refuseUnreadable({ inputs, outputs }: ModelInfo): void {
  for (const { name, kind, dtype } of [...inputs, ...outputs]) {
    if (kind !== "sequence-of-map" && dtype !== "BF16") continue;
    const what = dtype === "BF16" ? "BF16" : "a map (ZipMap)";
    throw new PlatformError(
      "failed_precondition",
      `"${name}" is ${what}, which the stock engine cannot read`,
      {
        field: name,
        got: what,
        hint: 'Set "engine" to "onnx" in model.json.',
      },
    );
  }
}
