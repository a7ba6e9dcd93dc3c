import { type Clock, PlatformError } from "../base/index.ts";
import type { BatchingStatus, Manifest } from "../model/index.ts";
import { type Session, sampleInputs } from "../runtimes/index.ts";
import { type Profile, profileSession, type SchedulerOptions } from "../scheduler/index.ts";

/** What the server allows every version. */
export interface QueueBounds {
  readonly maxQueueRows: number;
  readonly maxQueueBytes: number;
  /** Largest batch tried when a model is profiled. */
  readonly maxRows: number;
}

/** Longest that measuring a model's batch curve may take at load, in milliseconds. */
const PROFILE_BUDGET_MS = 150;

export interface BatchingPlan {
  readonly status: BatchingStatus;
  readonly scheduler: SchedulerOptions;
}

/**
 * How a version's requests share runs: what the manifest says, else what a short profile finds.
 * Rows that depend on each other are never joined, whatever the manifest says.
 */
export async function planBatching(
  session: Session,
  manifest: Manifest,
  bounds: QueueBounds & { readonly isWarm: boolean },
  clock: Clock,
): Promise<BatchingPlan> {
  const profile = bounds.isWarm ? await measure(session, manifest, bounds, clock) : undefined;

  const status = decideBatching(session, manifest, profile);
  const { batching } = manifest;
  const scheduler: SchedulerOptions = {
    mode: status.mode,
    maxRows: status.maxRows,
    maxDelayUs: status.maxDelayUs,
    preferredRows: batching.preferredRows,
    padTo: batching.padTo,
    ...(batching.maskInput !== undefined && { maskInput: batching.maskInput }),
    maxQueueRows: batching.maxQueueRows ?? bounds.maxQueueRows,
    maxQueueBytes: batching.maxQueueBytes ?? bounds.maxQueueBytes,
    weight: manifest.weight,
    instances: manifest.instances ?? Number.POSITIVE_INFINITY,
    inline: profile?.inline ?? false,
  };
  return { status, scheduler };
}

async function measure(
  session: Session,
  manifest: Manifest,
  bounds: QueueBounds,
  clock: Clock,
): Promise<Profile | undefined> {
  const maxRows = session.rows === "none" ? 1 : (manifest.batching.maxRows ?? bounds.maxRows);
  const sample = (rows: number) => sampleInputs(session.signature, manifest, rows);
  try {
    return await profileSession(session, sample, { maxRows, budgetMs: PROFILE_BUDGET_MS }, clock);
  } catch (thrown) {
    const { code } = PlatformError.from(thrown);
    // Made-up inputs may be none that this model takes; it serves real ones unprofiled.
    if (code === "invalid_argument" || code === "internal") return undefined;
    throw thrown;
  }
}

/** Pure: from what the probe, the manifest and the profile say. */
export function decideBatching(
  session: Pick<Session, "rows" | "rowsReason">,
  manifest: Manifest,
  profile: Profile | undefined,
): BatchingStatus {
  const { mode, maxRows, maxDelayUs } = manifest.batching;
  const off = (reason: string): BatchingStatus => ({ mode: "none", maxRows: 1, maxDelayUs: 0, reason });
  if (session.rows === "none") return off(session.rowsReason);
  if (mode === "none") return off("the manifest says none");
  if (!profile) return off("it could not be profiled on made-up inputs");
  if (mode === "rows") {
    return {
      mode: "rows",
      maxRows: maxRows ?? profile.maxRows,
      maxDelayUs,
      reason: "the manifest says rows",
    };
  }
  if (!profile.batchingPays) return off("profiled: joining rows does not pay");
  const reason =
    maxRows === undefined ? `profiled: knee at ${profile.knee} rows` : "the manifest sets maxRows";
  return { mode: "rows", maxRows: maxRows ?? profile.maxRows, maxDelayUs, reason };
}
