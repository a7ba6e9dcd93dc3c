import type { Clock } from "../base/index.ts";
import type { Session } from "../runtimes/index.ts";
import type { Tensors } from "../tensor/index.ts";
import { analyseCurve, type CurvePoint } from "./curve.ts";
import { whyNotJoined } from "./joinable.ts";
import { freeRowAxes } from "./shape-key.ts";

/** What was measured of a version at load, and what follows for its batching. */
export interface Profile {
  readonly curve: readonly CurvePoint[];
  /** Smallest batch that is close to the best time per row. */
  readonly knee: number;
  /** False where batches cost as much per row as single rows, or more. */
  readonly batchingPays: boolean;
  /**
   * Rows up to which a run is quick enough for the main thread; 0 where the engine cannot run there,
   * or where free sizes make the sample no measure of others.
   */
  readonly inlineRows: number;
  /** Rows in one batch at the most: the knee, 1 where batching does not pay. */
  readonly maxRows: number;
}

export interface ProfileLimits {
  readonly maxRows: number;
  /**
   * Time that the engine may spend on it, in milliseconds. Runs may also wait for lanes and CPUs,
   * together up to four times as long; a run under way is not cut short.
   */
  readonly budgetMs: number;
}

/** The longest full batch that may run on the main thread, in microseconds. */
const INLINE_US = 200;
/** Runs of one size: the fewest, unless the budget is spent, and the most. */
const LEAST_RUNS = 2;
const MOST_RUNS = 4;
/** How many times the budget may pass on the clock: on a busy machine, waiting says nothing about the model. */
const WAITING_FACTOR = 4;
/** Share of the budget that the runs of one size may take beyond the fewest. */
const SIZE_SHARE = 1 / 16;

/**
 * Measures a session's time over batch sizes 1, 2, 4 … `maxRows` on samples and finds the knee.
 * Each point is the quickest of several runs, since other load can only make one slower; times are
 * CPU time of the lane, which other work on the machine does not lengthen; the engine's own wall
 * time where it tells none. It stops growing when the next size would probably overrun the budget,
 * and where rows cannot be joined it measures single rows only.
 *
 * @throws PlatformError what a run on a sample throws.
 */
export async function profileSession(
  session: Session,
  sample: (rows: number) => Tensors,
  limits: ProfileLimits,
  clock: Clock,
): Promise<Profile> {
  const joins = whyNotJoined(session) === undefined;
  const curve = await measureCurve(session, sample, joins ? limits : { ...limits, maxRows: 1 }, clock);
  const { knee, batchingPays } = analyseCurve(curve);
  const canInline = session.runInline !== undefined && hasFixedRows(session);
  const inlineRows = canInline ? quickRows(curve) : 0;
  return { curve, knee, batchingPays, inlineRows, maxRows: knee };
}

/** Rows up to which all measured runs take at most {@link INLINE_US}. */
function quickRows(curve: readonly CurvePoint[]): number {
  let rows = 0;
  for (const point of curve) {
    if (point.us > INLINE_US) break;
    rows = point.rows;
  }
  return rows;
}

/** Whether the sample stands for every request: no free size beyond the rows makes one slower. */
function hasFixedRows({ signature }: Session): boolean {
  return signature.inputs.every((spec) => spec.batchAxis === 0 && freeRowAxes(spec).length === 0);
}

async function measureCurve(
  session: Session,
  sample: (rows: number) => Tensors,
  { maxRows, budgetMs }: ProfileLimits,
  clock: Clock,
): Promise<CurvePoint[]> {
  const curve: CurvePoint[] = [];
  const latest = clock.now() + budgetMs * WAITING_FACTOR;
  const allowance = { shareUs: budgetMs * 1000 * SIZE_SHARE, isLate: () => clock.now() >= latest };
  const measure = (rows: number) => quickest(session, sample(rows), allowance);
  let leftUs = budgetMs * 1000;
  for (const rows of sizesUpTo(maxRows)) {
    const { us, spentUs } = await measure(rows);
    curve.push({ rows, us });
    leftUs -= spentUs;
    // Twice the rows take about twice the time, in the runs that must be made.
    if (us * 2 * (1 + LEAST_RUNS) > leftUs || allowance.isLate()) break;
  }
  const [single] = curve;
  if (!single || curve.length === 1 || allowance.isLate()) return curve;
  // All gains are measured against a single row, and its runs came first, with everything cold.
  const { us } = await measure(single.rows);
  return [{ rows: single.rows, us: Math.min(single.us, us) }, ...curve.slice(1)];
}

function sizesUpTo(maxRows: number): number[] {
  const sizes: number[] = [];
  for (let rows = 1; rows < maxRows; rows *= 2) sizes.push(rows);
  return [...sizes, maxRows];
}

interface Allowance {
  /** Time for the runs beyond the fewest, in microseconds. */
  readonly shareUs: number;
  /** Whether no more run may be started. */
  readonly isLate: () => boolean;
}

/** The quickest of several runs and the time of all; the first warms up and counts only if it is the only one. */
async function quickest(session: Session, inputs: Tensors, { shareUs, isLate }: Allowance) {
  const first = await runUs(session, inputs);
  let best = Number.POSITIVE_INFINITY;
  let spentUs = first;
  for (let run = 0; run < MOST_RUNS && !isLate(); run++) {
    if (run >= LEAST_RUNS && spentUs > shareUs) break;
    const us = await runUs(session, inputs);
    best = Math.min(best, us);
    spentUs += us;
  }
  return { us: Number.isFinite(best) ? best : first, spentUs };
}

async function runUs(session: Session, inputs: Tensors): Promise<number> {
  const { cpuUs, inputUs, computeUs, outputUs } = await session.start([inputs]).done;
  return cpuUs > 0 ? cpuUs : inputUs + computeUs + outputUs;
}
