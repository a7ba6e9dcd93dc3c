import {
  ANYONE,
  type DataPlane,
  modelNotFound,
  type PredictRequest,
  type RequestContext,
} from "../model/index.ts";
import { baseOf } from "./routed-control-plane.ts";

/** A data plane that refuses names that are not the caller's to use, as if they did not exist. */
export function visibleDataPlane(plane: DataPlane): DataPlane {
  const check = ({ model }: PredictRequest, { caller }: RequestContext) => {
    if (caller !== ANYONE && !caller.mayUse(baseOf(model))) throw modelNotFound(model);
  };
  return {
    async predict(request, context) {
      check(request, context);
      return await plane.predict(request, context);
    },
    async *stream(request, context) {
      check(request, context);
      yield* plane.stream(request, context);
    },
  };
}
