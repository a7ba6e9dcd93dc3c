import { stat } from "node:fs/promises";
import type { Deadline } from "../base/index.ts";
import { type CheckedModel, checkFile } from "./check-file.ts";
import { checkInThread } from "./check-thread.ts";
import { DEFAULT_LIMITS, type ModelLimits } from "./limits.ts";

export interface CheckOptions {
  /** Bounds that differ from the defaults. */
  readonly limits?: Partial<ModelLimits>;
  readonly deadline?: Deadline;
}

/** Smaller files take a few milliseconds at the most; a thread takes longer than that to start. */
const INLINE_BYTES = 2 ** 21;

/**
 * Checks a model file before native code sees it: that it is ONNX, whole, of bounded size and
 * nesting, of known opsets and operators, without cycles or forged names, and that its external
 * data are plain files beside it. Each file is read once; all but small
 * ones in a thread with a heap of its own, so that neither their size nor what they unfold to is
 * felt by requests.
 *
 * @throws PlatformError `failed_precondition` with a reason a user understands; `not_found`;
 *   `too_large`; the reason of the deadline.
 */
export async function checkModelFile(path: string, options: CheckOptions = {}): Promise<CheckedModel> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const size = await stat(path).then(
    (stats) => stats.size,
    () => 0,
  );
  const check = size > INLINE_BYTES ? checkInThread : checkFile;
  return check(path, limits, options.deadline);
}
