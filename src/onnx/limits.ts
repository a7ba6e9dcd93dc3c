/** Bounds on one file. The defaults are far above every model seen, and far below what hurts. */
export interface ModelLimits {
  /** Bytes of the model and its external data together. */
  readonly maxBytes: number;
  /** Messages and byte strings: nodes, attributes, tensors, words of a vocabulary. */
  readonly maxParts: number;
  /** Nodes in all graphs and functions together, calls of functions counted out. */
  readonly maxNodes: number;
  /** Weights and constants in all graphs together. */
  readonly maxTensors: number;
  /** Graphs within graphs. */
  readonly maxDepth: number;
  readonly maxFunctions: number;
  readonly maxExternalFiles: number;
}

export const DEFAULT_LIMITS: ModelLimits = Object.freeze({
  maxBytes: 16 * 2 ** 30,
  maxParts: 2_000_000,
  maxNodes: 500_000,
  maxTensors: 500_000,
  maxDepth: 32,
  maxFunctions: 2000,
  maxExternalFiles: 256,
});

/** Protobuf cannot hold more; larger models keep their weights in external data. */
export const MAX_FILE_BYTES = 2 ** 31 - 1;
