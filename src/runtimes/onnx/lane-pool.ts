import { Lane, type LaneJob } from "./lane.ts";

/** The compute lanes of the process and the jobs that wait for one, oldest first. */
export class LanePool {
  readonly size: number;
  readonly #libraryPath: string;
  readonly #lanes = new Set<Lane>();
  readonly #free: Lane[] = [];
  #waiting: LaneJob[] = [];
  #isClosed = false;

  constructor(libraryPath: string, size: number) {
    this.#libraryPath = libraryPath;
    this.size = size;
    for (let i = 0; i < size; i++) this.#add();
  }

  /** Runs a job in a free lane, or in the next that becomes free. */
  submit(job: LaneJob): void {
    const lane = this.#free.pop();
    if (!lane) this.#waiting.push(job);
    else if (!lane.start(job)) this.#free.push(lane);
  }

  /** Ends the threads; the call each is making comes back first. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const lost = this.#waiting;
    this.#waiting = [];
    for (const job of lost) job.lose();
    await Promise.all([...this.#lanes].map((lane) => lane.close()));
    this.#lanes.clear();
  }

  #add(): void {
    const lane = new Lane(
      this.#libraryPath,
      (free) => this.#next(free),
      (dead) => this.#replace(dead),
    );
    this.#lanes.add(lane);
    this.#free.push(lane);
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
    if (!this.#isClosed) this.#add();
  }
}
