import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { column, columnSignature, twice } from "../../test/kit/fake-session.ts";
import { Deadline, type PlatformError, systemClock } from "../base/index.ts";
import type { Session } from "../runtimes/index.ts";
import type { Tensors } from "../tensor/index.ts";
import { LaneShare } from "./lane-share.ts";
import { createScheduler, type Scheduler } from "./scheduler.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** A deadline that outlives its requests and counts who listens. */
class LongDeadline extends Deadline {
  listeners = 0;
  override onEnd(listener: (reason: PlatformError) => void): () => void {
    const remove = super.onEnd(listener);
    this.listeners += 1;
    return () => {
      this.listeners -= 1;
      remove();
    };
  }
}

/** A session that answers every row with the first of the batch, at once. */
function quickSession(): Session {
  const compute = (parts: readonly Tensors[]) => {
    const outputs = twice(column(...Array<number>(parts.length).fill(1)));
    return { outputs, cpuUs: 1, inputUs: 1, computeUs: 1, outputUs: 1 };
  };
  return {
    signature: columnSignature,
    memoryBytes: 0,
    rows: "independent",
    rowsReason: "",
    start: (parts) => ({ done: Promise.resolve(compute(parts)), terminate() {} }),
    runInline: compute,
    close: async () => {},
  };
}

async function ask(scheduler: Scheduler, deadline: Deadline, count: number): Promise<void> {
  const inputs = column(1);
  const client = async () => {
    for (let i = 0; i < count / 32; i++) await scheduler.run(inputs, 1, deadline);
  };
  await Promise.all(Array.from({ length: 32 }, client));
}

for (const inline of [true, false]) {
  test(`half a million requests ${inline ? "inline" : "in a lane"} leave no listener and no memory behind`, async () => {
    const options = {
      mode: "rows" as const,
      maxRows: 16,
      maxDelayUs: 0,
      preferredRows: [],
      padTo: [],
      maxQueueRows: 1000,
      maxQueueBytes: 1_000_000,
      weight: 1,
      instances: 1,
      inline,
    };
    const scheduler = createScheduler(quickSession(), options, new LaneShare(1, systemClock), systemClock);
    const deadline = new LongDeadline();
    await ask(scheduler, deadline, 50_000);
    collect();
    const before = process.memoryUsage().heapUsed;
    await ask(scheduler, deadline, 500_000);
    collect();
    const grownBytes = process.memoryUsage().heapUsed - before;
    assert.equal(deadline.listeners, 0);
    assert.deepEqual(scheduler.depth(), { requests: 0, rows: 0, bytes: 0, running: 0 });
    assert.ok(grownBytes < 2 ** 20, `the heap grew by ${grownBytes} bytes`);
    await scheduler.drain();
  });
}
