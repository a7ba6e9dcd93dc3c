import { Deadline, PlatformError } from "../../src/base/index.ts";
import {
  ANYONE,
  type ControlPlane,
  checkInputs,
  emptyManifest,
  type LoadState,
  modelNotFound,
  type PredictRequest,
  type RequestContext,
  type Signature,
  type TensorSpec,
  type VersionDescription,
  type VersionStatistics,
  type VersionStatus,
} from "../../src/model/index.ts";
import type { Planes } from "../../src/protocols/index.ts";
import type { DType, Tensors } from "../../src/tensor/index.ts";

/** A model of {@link fakePlanes}. */
export interface FakeModel {
  readonly signature: Signature;
  /** Outputs of inputs; default: the inputs under the outputs' names, in order. */
  readonly run?: (inputs: Tensors, context: RequestContext) => Tensors | Promise<Tensors>;
  /** States by version; default: version 1 is ready. */
  readonly versions?: Readonly<Record<number, LoadState>>;
  readonly maxRows?: number;
}

/** A tensor spec; a leading -1 is a batch axis. */
export function spec(name: string, dtype: DType, shape: readonly number[]): TensorSpec {
  return { name, dtype, shape, batchAxis: shape[0] === -1 ? 0 : null };
}

/** A model whose output OUT is its input IN. */
export function identity(dtype: DType, shape: readonly number[]): FakeModel {
  return { signature: { inputs: [spec("IN", dtype, shape)], outputs: [spec("OUT", dtype, shape)] } };
}

/** Planes over models that compute at once; `calls` keeps what reached them. */
export function fakePlanes(models: Readonly<Record<string, FakeModel>>): Planes & {
  readonly calls: { readonly request: PredictRequest; readonly context: RequestContext }[];
} {
  const calls: { request: PredictRequest; context: RequestContext }[] = [];
  const control = new FakeControl(models);
  const predict = async (request: PredictRequest, context: RequestContext) => {
    const { model, status, signature, run } = {
      ...models[request.model],
      ...control.describe(request.model, request.version),
      model: request.model,
    };
    if (request.payload.kind !== "tensors") throw new PlatformError("unimplemented", "tensors only");
    checkInputs(signature, request.payload.tensors);
    calls.push({ request, context });
    const outputs = run
      ? await run(request.payload.tensors, context)
      : renamed(signature, request.payload.tensors);
    const timing = { queueUs: 1, computeUs: 2, cpuUs: 3, batchRows: 1 };
    return { model, version: status.version, outputs, timing, costUs: 4 };
  };
  return {
    calls,
    control: () => control,
    data: {
      predict,
      async *stream(request, context) {
        yield await predict(request, context);
      },
    },
  };
}

function renamed(signature: Signature, inputs: Tensors): Tensors {
  const tensors = signature.inputs.map(({ name }) => inputs.get(name));
  return new Map(
    signature.outputs.flatMap(({ name }, i) => (tensors[i] ? [[name, tensors[i]] as const] : [])),
  );
}

class FakeControl implements ControlPlane {
  readonly #models: Readonly<Record<string, FakeModel>>;

  constructor(models: Readonly<Record<string, FakeModel>>) {
    this.#models = models;
  }

  isReady(): boolean {
    return true;
  }

  list(): ReturnType<ControlPlane["list"]> {
    return Object.entries(this.#models).map(([model, fake]) => {
      const versions = Object.entries(fake.versions ?? { 1: "ready" as const }).map(
        ([version, state]): VersionStatus => ({
          model,
          version: Number(version),
          state,
          digest: "",
          artifactBytes: 0,
          memoryBytes: 0,
          platform: "onnxruntime_onnx",
          batching: { mode: "rows", maxRows: fake.maxRows ?? 8, maxDelayUs: 0, reason: "" },
          ...(state === "failed" && { reason: "broken" }),
        }),
      );
      const serving = versions.findLast(({ state }) => state === "ready")?.version;
      return { model, versions, ...(serving !== undefined && { serving }) };
    });
  }

  find(name: string): ReturnType<ControlPlane["find"]> {
    return this.list().find(({ model }) => model === name);
  }

  describe(model: string, version?: number): VersionDescription {
    const known = this.list().find((status) => status.model === model);
    const fake = this.#models[model];
    if (!known || !fake || !Object.hasOwn(this.#models, model)) throw modelNotFound(model);
    const wanted = version ?? known.serving;
    const status = known.versions.find((candidate) => candidate.version === wanted);
    if (!status && version !== undefined) throw modelNotFound(model, version);
    if (status?.state !== "ready") throw new PlatformError("unavailable", "not ready");
    return { status, signature: fake.signature, manifest: emptyManifest };
  }

  async load(model: string): ReturnType<ControlPlane["load"]> {
    if (model === "followed") throw new PlatformError("permission_denied", "the folder is followed");
    if (model === "broken") throw new PlatformError("failed_precondition", "its file is no model");
    const status = this.list().find((known) => known.model === model);
    if (!status) throw modelNotFound(model);
    return status;
  }

  async unload(model: string): Promise<void> {
    await this.load(model);
  }

  statistics(model?: string, version?: number): readonly VersionStatistics[] {
    const stat = { count: 1, ns: 2 };
    const one = {
      lastInferenceMs: 1000,
      inferenceCount: 3,
      executionCount: 2,
      success: stat,
      fail: { count: 0, ns: 0 },
      queue: stat,
      computeInput: stat,
      computeInfer: stat,
      computeOutput: stat,
      batches: [{ rows: 2, computeInput: stat, computeInfer: stat, computeOutput: stat }],
      memoryBytes: 4096,
    };
    if (model !== undefined) {
      return [{ model, version: this.describe(model, version).status.version, ...one }];
    }
    return this.list().flatMap(({ model: name, serving }) =>
      serving ? [{ model: name, version: serving, ...one }] : [],
    );
  }
}

/** The context of a request that nothing hurries. */
export function plainContext(): RequestContext {
  return {
    requestId: "r1",
    deadline: new Deadline(),
    caller: ANYONE,
    priority: 0,
    parameters: new Map(),
    trace: "",
    splitKey: "r1",
  };
}
