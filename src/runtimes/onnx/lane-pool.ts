import type { Clock } from "../../base/index.ts";
import { Lane, type LaneJob, type ThreadStart } from "./lane.ts";

/** A lane that ended by itself is replaced no sooner than this, so that one that cannot start does not spin. */
const RESTART_MS = 100;

/** The compute lanes of the process and the jobs that wait for one, oldest first. */
export class LanePool {
  readonly #start: ThreadStart;
  readonly #clock: Clock;
  readonly #lanes = new Set<Lane>();
  readonly #free: Lane[] = [];
  readonly #restarts = new Set<() => void>();
  #waiting: LaneJob[] = [];

  constructor(start: ThreadStart, size: number, clock: Clock) {
    this.#start = start;
    this.#clock = clock;
    for (let i = 0; i < size; i++) this.#add();
  }

  /** Runs a job in a free lane, or in the next that becomes free. */
  submit(job: LaneJob): void {
    const lane = this.#free.pop();
    if (!lane) this.#waiting.push(job);
    else if (!lane.start(job)) this.#free.push(lane);
  }

  /**
   * Gives up a job's lane, whose call does not come back, and takes a new one in its place. The
   * old thread ends when the call does come back; `job.end` is called then.
   */
  abandon(job: LaneJob): void {
    for (const lane of this.#lanes) {
      if (lane.job !== job) continue;
      this.#lanes.delete(lane);
      lane.retire();
      this.#add();
      return;
    }
  }

  /** Ends the threads; the call each is making comes back first. Those given up are not waited for. */
  async close(): Promise<void> {
    for (const cancel of this.#restarts) cancel();
    const lost = this.#waiting;
    this.#waiting = [];
    for (const job of lost) job.lose();
    await Promise.all([...this.#lanes].map((lane) => lane.close()));
    this.#lanes.clear();
  }

  #add(): void {
    const lane = new Lane(
      this.#start,
      (free) => this.#next(free),
      (dead) => this.#replace(dead),
    );
    this.#lanes.add(lane);
    this.#next(lane);
  }

  #next(lane: Lane): void {
    for (let job = this.#waiting.shift(); job; job = this.#waiting.shift()) {
      if (lane.start(job)) return;
    }
    this.#free.push(lane);
  }

  #replace(dead: Lane): void {
    this.#lanes.delete(dead);
    const index = this.#free.indexOf(dead);
    if (index >= 0) this.#free.splice(index, 1);
    const cancel = this.#clock.after(RESTART_MS, () => {
      this.#restarts.delete(cancel);
      this.#add();
    });
    this.#restarts.add(cancel);
  }
}
