/** Wall time of one run of `rows` rows, in microseconds. */
export interface CurvePoint {
  readonly rows: number;
  readonly us: number;
}

/** What a batch curve says about batching. */
export interface CurveVerdict {
  /** The smallest batch whose time per row is close to the best: more rows gain nothing but latency. */
  readonly knee: number;
  /** Whether a batch at the knee is clearly cheaper per row than single rows. */
  readonly batchingPays: boolean;
}

/** How close to the best time per row is as good: above the noise of a shared machine, below what matters. */
const TOLERANCE = 1.08;
/** By how much a row must be cheaper in a batch for batching to pay. */
const LEAST_GAIN = 1.1;

/**
 * Finds the knee of a batch curve, whose points come in ascending order of rows. The curve need not
 * fall: the time per row of tree ensembles rises again beyond their knee, where the engine changes
 * its algorithm, and that of some convolutional networks rises from the first row on.
 *
 * @throws RangeError for an empty curve.
 */
export function analyseCurve(curve: readonly CurvePoint[]): CurveVerdict {
  const [single] = curve;
  if (!single) throw new RangeError("a batch curve needs at least one point");
  const best = Math.min(...curve.map(perRow));
  const knee = curve.find((point) => perRow(point) <= best * TOLERANCE) ?? single;
  const batchingPays = knee !== single && perRow(single) >= perRow(knee) * LEAST_GAIN;
  return { knee: batchingPays ? knee.rows : single.rows, batchingPays };
}

function perRow({ rows, us }: CurvePoint): number {
  return us / rows;
}
