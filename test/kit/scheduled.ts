import { Deadline } from "../../src/base/index.ts";
import {
  type Answer,
  type BatchEvent,
  createScheduler,
  LaneShare,
  type Scheduler,
  type SchedulerOptions,
} from "../../src/scheduler/index.ts";
import { column, type FakeOptions, FakeSession, settle } from "./fake-session.ts";
import { ManualClock } from "./manual-clock.ts";

const defaults: SchedulerOptions = {
  mode: "rows",
  maxRows: 8,
  maxDelayUs: 0,
  preferredRows: [],
  padTo: [],
  maxQueueRows: 1000,
  maxQueueBytes: 1_000_000,
  weight: 1,
  instances: 1,
  inline: false,
  defer: (fn) => fn(),
};

/** A scheduler over a fake session on a manual clock, with what it reported. */
export interface Scheduled {
  readonly clock: ManualClock;
  readonly session: FakeSession;
  readonly scheduler: Scheduler;
  readonly events: BatchEvent[];
  /** Asks for one row per value, without a deadline. */
  readonly run: (...values: number[]) => Promise<Answer>;
  /** Lets `ms` milliseconds pass, one by one. */
  readonly pass: (ms: number) => Promise<void>;
}

/**
 * By default: batches of 8 rows, no delay, one lane, runs of 1 ms; turns of the event loop end at
 * once, so that the first request runs alone and the others gather behind it.
 */
export function scheduled(
  options: Partial<SchedulerOptions> = {},
  fake: FakeOptions = {},
  laneCount = 1,
): Scheduled {
  const clock = new ManualClock();
  const session = new FakeSession(clock, fake);
  const events: BatchEvent[] = [];
  const onBatch = (event: BatchEvent) => void events.push(event);
  const lanes = new LaneShare(laneCount, clock);
  const scheduler = createScheduler(session, { ...defaults, onBatch, ...options }, lanes, clock);
  return {
    clock,
    session,
    scheduler,
    events,
    run: (...values) => scheduler.run(column(...values), values.length, new Deadline()),
    async pass(ms) {
      for (let i = 0; i < ms; i++) {
        clock.advance(1);
        await settle();
      }
    },
  };
}
