import type { LoadState } from "../model/index.ts";

/** One version of a model as the lifecycle sees it now, and whether it is wanted. */
export interface VersionSnapshot {
  /** Unique among the snapshots: two artifacts may carry one version number for a while. */
  readonly id: number;
  readonly version: number;
  readonly state: LoadState;
  readonly desired: boolean;
}

export interface Action {
  readonly kind: "load" | "unload";
  readonly id: number;
}

/**
 * The next step from a model's versions as they are to the desired ones; undefined when nothing
 * can or need be done now. Never gives up the last ready version before a desired one is ready, at
 * the price of holding two in memory for a while.
 *
 * Pure: the same snapshots give the same answer, so the caller may ask after every change.
 *
 * Source: the availability-preserving policy of TensorFlow Serving (behaviour only).
 */
export function nextAction(versions: readonly VersionSnapshot[]): Action | undefined {
  const desired = versions.filter((v) => v.desired);
  const surplus = versions.filter((v) => !v.desired && v.state === "ready");
  const stray = versions.find((v) => !v.desired && v.state === "loading");
  if (stray) return { kind: "unload", id: stray.id };

  const replaced = desired.length === 0 || desired.some((v) => v.state === "ready");
  if (replaced || surplus.length > 1) {
    const oldest = surplus.toSorted(byVersion).at(0);
    if (oldest) return { kind: "unload", id: oldest.id };
  }

  const newest = desired
    .filter((v) => v.state === "unloaded")
    .toSorted(byVersion)
    .at(-1);
  return newest && { kind: "load", id: newest.id };
}

const byVersion = (a: VersionSnapshot, b: VersionSnapshot) => a.version - b.version || a.id - b.id;
