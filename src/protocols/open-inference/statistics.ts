import { PlatformError } from "../../base/index.ts";
import type { ControlPlane, DurationStat, VersionStatistics } from "../../model/index.ts";
import { modelFailure } from "./plane-errors.ts";
import { refuse } from "./refusal.ts";

const NOTHING = { count: 0, ns: 0 };

/** Statistics of one version in the names of the protocol. */
export type WireStatistics = ReturnType<typeof wireStatistics>;

/**
 * Statistics of all versions, of a model's, or of one.
 *
 * @throws PlatformError in the contract's words; a model without a ready version is a bad argument.
 */
export function statisticsOf(control: ControlPlane, model?: string, version?: number): WireStatistics[] {
  try {
    return control.statistics(model, version).map(wireStatistics);
  } catch (thrown) {
    const error = PlatformError.from(thrown);
    if (model === undefined || (error.code !== "not_found" && error.code !== "unavailable")) throw error;
    const known = control.find(model) !== undefined;
    if (known && version === undefined) {
      throw refuse("invalid_argument", `requested model '${model}' is not available`, { cause: error });
    }
    throw modelFailure(control, error, model, version);
  }
}

function wireStatistics(stats: VersionStatistics) {
  return {
    name: stats.model,
    version: String(stats.version),
    last_inference: stats.lastInferenceMs,
    inference_count: stats.inferenceCount,
    execution_count: stats.executionCount,
    inference_stats: {
      success: duration(stats.success),
      fail: duration(stats.fail),
      queue: duration(stats.queue),
      compute_input: duration(stats.computeInput),
      compute_infer: duration(stats.computeInfer),
      compute_output: duration(stats.computeOutput),
      cache_hit: NOTHING,
      cache_miss: NOTHING,
    },
    response_stats: {},
    batch_stats: stats.batches.map((batch) => ({
      batch_size: batch.rows,
      compute_input: duration(batch.computeInput),
      compute_infer: duration(batch.computeInfer),
      compute_output: duration(batch.computeOutput),
    })),
    memory_usage:
      stats.memoryBytes > 0 ? [{ type: "CPU", id: 0, byte_size: Math.round(stats.memoryBytes) }] : [],
  };
}

function duration({ count, ns }: DurationStat) {
  return { count, ns };
}
