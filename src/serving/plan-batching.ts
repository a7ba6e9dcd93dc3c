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

/** What is known of a version before it is measured. */
export interface Circumstances extends QueueBounds {
  /** How long a run took at warm-up, in milliseconds; undefined if it did not end in time. */
  readonly warmUpMs: number | undefined;
}

/** Time for measuring a model's batch curve at load, in milliseconds: some runs of a slow one, within bounds. */
const LEAST_BUDGET_MS = 150;
const MOST_BUDGET_MS = 1500;
const BUDGET_RUNS = 25;
/** While one run computes, the next brings its inputs; more of them only wait for each other on the device. */
const CUDA_INSTANCES = 2;

/**
 * How a version's requests share runs: what the manifest says, else what a short profile finds.
 * Rows that depend on each other are never joined, whatever the manifest says.
 */
export async function planBatching(
  session: Session,
  manifest: Manifest,
  known: Circumstances,
  clock: Clock,
): Promise<SchedulerOptions> {
  const profile = await measure(session, manifest, known, clock);
  const status = decideBatching(session, manifest, profile, known.maxRows);
  const { batching } = manifest;
  return {
    mode: status.mode,
    reason: status.reason,
    maxRows: status.maxRows,
    maxDelayUs: status.maxDelayUs,
    preferredRows: batching.preferredRows,
    padTo: batching.padTo,
    ...(batching.maskInput !== undefined && { maskInput: batching.maskInput }),
    maxQueueRows: batching.maxQueueRows ?? known.maxQueueRows,
    maxQueueBytes: batching.maxQueueBytes ?? known.maxQueueBytes,
    weight: manifest.weight,
    instances: manifest.instances ?? (manifest.device === "cuda" ? CUDA_INSTANCES : Number.POSITIVE_INFINITY),
    inline: status.maxRows <= (profile?.inlineRows ?? 0),
  };
}

async function measure(
  session: Session,
  manifest: Manifest,
  { warmUpMs, maxRows }: Circumstances,
  clock: Clock,
): Promise<Profile | undefined> {
  if (warmUpMs === undefined || isOffByCost(session, manifest)) return undefined;
  const limits = {
    maxRows: session.rows === "none" ? 1 : (manifest.batching.maxRows ?? maxRows),
    budgetMs: Math.min(MOST_BUDGET_MS, Math.max(LEAST_BUDGET_MS, BUDGET_RUNS * warmUpMs)),
  };
  const sample = (rows: number) => sampleInputs(session.signature, manifest, rows);
  try {
    return await profileSession(session, sample, limits, clock);
  } catch (thrown) {
    const { code } = PlatformError.from(thrown);
    // Made-up inputs may be none that this model takes, or ends on; it serves real ones unprofiled.
    if (code === "invalid_argument" || code === "internal" || code === "cancelled") return undefined;
    throw thrown;
  }
}

/** Pure: from what the probe, the manifest and the profile say. */
export function decideBatching(
  session: Pick<Session, "rows" | "rowsReason" | "sizeCost">,
  manifest: Manifest,
  profile: Pick<Profile, "batchingPays" | "knee" | "maxRows"> | undefined,
  mostRows: number,
): BatchingStatus {
  const { mode, maxRows, maxDelayUs } = manifest.batching;
  const reasonAgainst = session.rows === "none" ? session.rowsReason : againstJoining(session, mode, profile);
  if (reasonAgainst !== undefined) return { mode: "none", maxRows: 1, maxDelayUs: 0, reason: reasonAgainst };
  if (mode === "rows") {
    const most = maxRows ?? (profile?.batchingPays ? profile.maxRows : mostRows);
    return { mode: "rows", maxRows: most, maxDelayUs, reason: "the manifest says rows" };
  }
  const reason =
    maxRows === undefined ? `profiled: knee at ${profile?.knee} rows` : "the manifest sets maxRows";
  return { mode: "rows", maxRows: maxRows ?? profile?.maxRows ?? 1, maxDelayUs, reason };
}

/** Why independent rows are not joined; undefined if they are. */
function againstJoining(
  { sizeCost }: Pick<Session, "sizeCost">,
  mode: Manifest["batching"]["mode"],
  profile: Pick<Profile, "batchingPays"> | undefined,
): string | undefined {
  if (mode === "rows") return undefined;
  if (mode === "none") return "the manifest says none";
  if (sizeCost !== undefined) return sizeCost;
  if (!profile) return "it could not be profiled on made-up inputs";
  return profile.batchingPays ? undefined : "profiled: joining rows does not pay";
}

/** Where each batch size costs time of its own, rows are joined only if the manifest says so. */
function isOffByCost({ sizeCost }: Pick<Session, "sizeCost">, { batching }: Manifest): boolean {
  return sizeCost !== undefined && batching.mode === "auto";
}
