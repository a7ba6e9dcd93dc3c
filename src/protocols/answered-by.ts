import type { PredictResponse } from "../model/index.ts";

/** Headers, or metadata, by which every wire says who answered. */
export function answeredBy({
  model,
  version,
  variant,
}: Pick<PredictResponse, "model" | "version" | "variant">): Record<string, string> {
  const who = { "x-model": model, "x-model-version": String(version) };
  return variant === undefined ? who : { ...who, "x-sirve-variant": variant };
}
