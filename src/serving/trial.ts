import { type Clock, type Deadline, PlatformError } from "../base/index.ts";
import type { Manifest } from "../model/index.ts";
import { type RunOptions, type Session, sampleInputs } from "../runtimes/index.ts";
import { type LaneShare, sharedSession } from "../scheduler/index.ts";
import type { Tensors } from "../tensor/index.ts";

/** Longest that one trial run may take, in milliseconds: some models never end on some inputs. */
const TRIAL_RUN_MS = 2000;

/** Share of the lanes for trial runs, against the 1 of a model in service: nobody waits for them. */
const TRIAL_WEIGHT = 0.1;

/** What a trial is made with. */
export interface TrialParts {
  readonly lanes: LaneShare;
  readonly clock: Clock;
  /** That of the load: once it ends, the run under way is stopped and none is started. */
  readonly deadline: Deadline;
}

/**
 * A session for trying a version before it serves. Its runs wait for lanes like everyone's, and one
 * that takes too long is stopped: it rejects with `cancelled`.
 */
export function createTrial(session: Session, { lanes, clock, deadline }: TrialParts): Session {
  const start = (parts: readonly Tensors[], options?: RunOptions) => {
    deadline.check();
    const run = session.start(parts, options);
    const forget = deadline.onEnd(() => run.terminate());
    const cancelTimer = clock.after(TRIAL_RUN_MS, () => run.terminate());
    const end = () => {
      cancelTimer();
      forget();
    };
    return { done: run.done.finally(end), terminate: () => run.terminate() };
  };
  const { signature, memoryBytes, rows, rowsReason, sizeCost } = session;
  const runInline = session.runInline?.bind(session);
  const bounded = {
    signature,
    memoryBytes,
    rows,
    rowsReason,
    sizeCost,
    start,
    close: async () => session.close(),
  };
  return sharedSession(runInline ? { ...bounded, runInline } : bounded, { lanes, weight: TRIAL_WEIGHT });
}

/**
 * Runs the model as the manifest says, so that the first client does not pay for lazy work.
 * Returns how long the last run took, in milliseconds; undefined if one did not end in time.
 */
export async function warmUp(trial: Session, manifest: Manifest, clock: Clock): Promise<number | undefined> {
  let lastMs = 0;
  for (const rows of trial.rows === "none" ? [1] : manifest.warmup.rows) {
    for (let run = 0; run < manifest.warmup.runs; run++) {
      const start = clock.now();
      const outcome = await tryRun(trial, sampleInputs(trial.signature, manifest, rows));
      if (outcome === "too slow") return undefined;
      lastMs = clock.now() - start;
    }
  }
  return lastMs;
}

async function tryRun(trial: Session, inputs: Tensors): Promise<"ran" | "refused" | "too slow"> {
  try {
    await trial.start([inputs]).done;
    return "ran";
  } catch (thrown) {
    const { code } = PlatformError.from(thrown);
    if (code === "cancelled") return "too slow";
    // Made-up inputs may be none that this model takes; what it does with real ones, clients will see.
    if (code === "invalid_argument" || code === "internal") return "refused";
    throw thrown;
  }
}
