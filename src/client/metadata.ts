import { SirveError } from "./error.ts";
import { type PredictOptions, pathOfModel } from "./predict.ts";
import type { Tensor } from "./tensor.ts";
import type { Transport } from "./transport.ts";

/** How long to wait. */
export type WaitOptions = Pick<PredictOptions, "timeoutMs" | "signal">;

/** What a model takes and gives; -1 in a shape is any size. */
export interface ModelMetadata {
  readonly name: string;
  readonly versions?: readonly string[];
  readonly platform?: string;
  readonly inputs: readonly Omit<Tensor, "data">[];
  readonly outputs: readonly Omit<Tensor, "data">[];
}

/** The metadata of a model, or of one version. Source: Open Inference Protocol, "Model Metadata". */
export async function metadata(
  { ask }: Transport,
  model: string,
  options: PredictOptions = {},
): Promise<ModelMetadata> {
  const { timeoutMs, signal } = options;
  const path = `/v2/models/${pathOfModel(model, options)}`;
  return (await ask({ method: "GET", path, timeoutMs, signal })).json() as ModelMetadata;
}

/** Whether the server is ready: asked once, for a retry would hide what is wanted. */
export async function isReady({ ask }: Transport, options: WaitOptions = {}): Promise<boolean> {
  try {
    await ask({ method: "GET", path: "/health/ready", isRepeatable: false, ...options });
    return true;
  } catch (thrown) {
    if (thrown instanceof SirveError && thrown.status === 503) return false;
    throw thrown;
  }
}
