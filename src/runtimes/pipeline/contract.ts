import type { PredictResponse, RequestContext } from "../../model/index.ts";
import type { Tensors } from "../../tensor/index.ts";

/** What a step asks of a model of this server. */
export interface StepRequest {
  /** "churn", "churn@challenger", "churn@7", or an endpoint. */
  readonly model: string;
  readonly inputs: Tensors;
  readonly outputs: readonly string[];
}

/** Asks a model of this server, as a client would. @throws PlatformError as the model answers. */
export type AskModel = (request: StepRequest, context: RequestContext) => Promise<PredictResponse>;
