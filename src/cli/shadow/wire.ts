/** The wires that shadow-of understands. */
export const SHADOW_WIRES = ["v2", "tensorflow-serving"] as const;
export type ShadowWire = (typeof SHADOW_WIRES)[number];

const PATHS: Readonly<Record<ShadowWire, RegExp>> = {
  v2: /^\/v2\/models\/([^/?]+)(?:\/versions\/[^/?]+)?\/infer$/,
  "tensorflow-serving": /^\/v1\/models\/([^/?:]+)(?:\/(?:versions|labels)\/[^/?:]+)?:predict$/,
};

/** Whether a request asks the model for a prediction. */
export function isPrediction(wire: ShadowWire, model: string, method: string, path: string): boolean {
  const name = method === "POST" ? PATHS[wire].exec(path)?.[1] : undefined;
  return name !== undefined && plain(name) === model;
}

/** Where a model is asked for a prediction, whatever version it answers with. */
export function predictionPath(wire: ShadowWire, model: string): string {
  const name = encodeURIComponent(model);
  return wire === "v2" ? `/v2/models/${name}/infer` : `/v1/models/${name}:predict`;
}

/** Undefined for what is no name in any way. */
function plain(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}
