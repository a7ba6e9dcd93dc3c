import { type Interval, median, medianInterval } from "./interval.ts";
import { exactCpuSeconds, watchForeign } from "./processes.ts";

/** One side of a comparison: does work for a while and says what it came to. */
export type Side = () => Promise<number>;

export interface Paired {
  /** Median of a ÷ b over the rounds. */
  readonly ratio: Interval;
  readonly a: Interval;
  readonly b: Interval;
  readonly rounds: number;
}

/**
 * The measuring rule: numerator and denominator take turns in every round, and the order changes
 * from round to round, so that what drifts drifts for both. One round before counts for nothing.
 */
export async function paired(rounds: number, a: Side, b: Side): Promise<Paired> {
  await a();
  await b();
  const as: number[] = [];
  const bs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      as.push(await a());
      bs.push(await b());
    } else {
      bs.push(await b());
      as.push(await a());
    }
  }
  const ratios = as.map((value, i) => value / (bs[i] ?? Number.NaN));
  return { ratio: medianInterval(ratios), a: medianInterval(as), b: medianInterval(bs), rounds };
}

/** CPU microseconds of process `pid` per answer while `work` runs. @throws Error if any answer failed. */
export async function cpuPerAnswer(
  pid: number,
  work: () => Promise<{ readonly answers: number; readonly failures: number }>,
): Promise<number> {
  const before = exactCpuSeconds(pid);
  const { answers, failures } = await work();
  const cpu = exactCpuSeconds(pid) - before;
  if (failures > 0 || answers === 0) throw new Error(`${failures} of ${answers + failures} answers failed`);
  return (1e6 * cpu) / answers;
}

/** Median foreign load over several stretches of work, each watched by {@link ForeignLog.around}. */
export class ForeignLog {
  readonly #shares: number[] = [];
  readonly #pids: readonly number[];

  constructor(pids: readonly number[]) {
    this.#pids = [process.pid, ...pids];
  }

  async around<T>(work: () => Promise<T>): Promise<T> {
    const read = watchForeign(this.#pids);
    const result = await work();
    this.#shares.push(read());
    return result;
  }

  get share(): number {
    return this.#shares.length === 0 ? Number.NaN : median(this.#shares);
  }
}
