import { basename } from "node:path";
import { Worker } from "node:worker_threads";
import {
  type Deadline,
  type ErrorCode,
  type ErrorDetails,
  PlatformError,
  workerFile,
} from "../base/index.ts";
import type { CheckedModel } from "./check-file.ts";
import type { ModelLimits } from "./limits.ts";
import { refusal } from "./refusal.ts";

/** What the thread is started with. */
export interface CheckTask {
  readonly path: string;
  readonly limits: ModelLimits;
}

/** What it answers. */
export type CheckAnswer =
  | { readonly checked: CheckedModel }
  | { readonly code: ErrorCode; readonly message: string; readonly details: ErrorDetails };

/** JavaScript heap of the thread: what a file of the largest allowed number of parts unfolds to. */
const HEAP_MIB = 1024;

/**
 * Runs `checkFile` in a thread that ends with it, so that the file's memory is given back at once.
 *
 * @throws what `checkFile` throws; `failed_precondition` if the file unfolds to more than the heap.
 */
export async function checkInThread(
  path: string,
  limits: ModelLimits,
  deadline?: Deadline,
): Promise<CheckedModel> {
  deadline?.check();
  const workerData: CheckTask = { path, limits };
  const resourceLimits = { maxOldGenerationSizeMb: HEAP_MIB };
  const worker = new Worker(workerFile(import.meta, "check-main"), {
    workerData,
    resourceLimits,
    stdout: false,
    stderr: false,
  });
  let forget: (() => void) | undefined;
  try {
    return await new Promise<CheckedModel>((resolve, reject) => {
      forget = deadline?.onEnd(reject);
      worker.once("message", (answer: CheckAnswer) => {
        if ("checked" in answer) resolve(answer.checked);
        else reject(new PlatformError(answer.code, answer.message, answer.details));
      });
      worker.once("error", (error) => reject(threadFailed(path, error)));
      worker.once("exit", () => reject(threadFailed(path, undefined)));
    });
  } finally {
    forget?.();
    await worker.terminate();
  }
}

function threadFailed(path: string, cause: unknown): PlatformError {
  const isMemory = cause instanceof Error && "code" in cause && cause.code === "ERR_WORKER_OUT_OF_MEMORY";
  if (!isMemory) return new PlatformError("internal", "internal error", { cause });
  return refusal(`${basename(path)} unfolds to more than ${HEAP_MIB} MiB of memory`, {
    field: basename(path),
    expected: `at most ${HEAP_MIB} MiB`,
    cause,
  });
}
