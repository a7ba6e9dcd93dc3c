import type { DataPlane, PredictRequest, PredictResponse, RequestContext } from "../model/index.ts";
import type { Route, Routes } from "./routes.ts";

export interface RoutedDataPlaneOptions {
  readonly plane: DataPlane;
  readonly routes: Routes;
  /** Told of each answer of an endpoint, before it is sent. */
  readonly onAnswer: (
    route: Route,
    request: PredictRequest,
    response: PredictResponse,
    context: RequestContext,
  ) => void;
}

/** A data plane whose names may be endpoints, aliases and versions. */
export function routedDataPlane({ plane, routes, onAnswer }: RoutedDataPlaneOptions): DataPlane {
  async function routed(request: PredictRequest, context: RequestContext): Promise<PredictResponse> {
    const route = routes.route(request, context);
    const { variant: _, ...asked } = request;
    const target = { ...asked, ...versionOf(route, request), model: route.model };
    const response = await plane.predict(target, context);
    if (!route.variant) return response;
    const answer = { ...response, variant: route.variant.name };
    onAnswer(route, target, answer, context);
    return answer;
  }
  const isPlain = ({ model, variant }: PredictRequest) => variant === undefined && routes.isPlain(model);
  return {
    predict: async (request, context) =>
      isPlain(request) ? plane.predict(request, context) : routed(request, context),
    async *stream(request, context) {
      if (isPlain(request)) yield* plane.stream(request, context);
      else yield await routed(request, context);
    },
  };
}

/** A version asked for beside the name counts where the name leaves it open. */
function versionOf({ version }: Route, request: PredictRequest): { readonly version?: number } {
  if (version !== undefined) return { version };
  return request.version === undefined ? {} : { version: request.version };
}
