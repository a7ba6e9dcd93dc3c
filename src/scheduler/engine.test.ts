import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import { Deadline, Deadlines, systemClock } from "../base/index.ts";
import { emptyManifest } from "../model/index.ts";
import { createOnnxRuntime, type Session } from "../runtimes/index.ts";
import { type Tensors, tensorOf } from "../tensor/index.ts";
import { LaneShare } from "./lane-share.ts";
import { createScheduler } from "./scheduler.ts";
import type { SchedulerOptions } from "./scheduler-options.ts";

const runtime = createOnnxRuntime({
  lanes: 2,
  probeTimeoutMs: 60_000,
  probeMemoryBytes: 2 ** 32,
  maxArtifactBytes: 2 ** 31,
  clock: systemClock,
});
const lanes = new LaneShare(runtime.concurrency, systemClock);
after(() => runtime.close());

async function load(name: string): Promise<Session> {
  const path = `${process.cwd()}/test/artifacts/models/${name}/1/model.onnx`;
  const bytes = await readFile(path);
  const digest = createHash("sha256").update(bytes).digest("hex");
  return runtime.load({ path, digest, bytes: bytes.length, manifest: emptyManifest }, new Deadline());
}

function schedule(session: Session, more: Partial<SchedulerOptions> = {}) {
  const options: SchedulerOptions = {
    mode: "rows",
    maxRows: 8,
    maxDelayUs: 0,
    preferredRows: [],
    padTo: [],
    maxQueueRows: 10_000,
    maxQueueBytes: 1_000_000,
    weight: 1,
    instances: 2,
    inline: false,
    ...more,
  };
  return createScheduler(session, options, lanes, systemClock);
}

const numbers = (tensors: Tensors, name: string) => Array.from(tensors.get(name)?.data as Float32Array);
const index = (...values: number[]): Tensors =>
  new Map([["index", tensorOf("INT64", [values.length], values)]]);

for (const inline of [true, false]) {
  test(`with the real engine ${inline ? "inline" : "in lanes"}, answers are those of each request alone`, async () => {
    const session = await load("fails-on-negative");
    const scheduler = schedule(session, { inline });
    const asks = Array.from({ length: 300 }, (_, i) =>
      Array.from({ length: 1 + (i % 11) }, (_row, j) => (i + j) % 8),
    );
    asks[17] = [3, -1, 2];
    asks[200] = [9];
    const answers = await Promise.allSettled(
      asks.map((rows) => scheduler.run(index(...rows), rows.length, new Deadline())),
    );
    for (const [i, answer] of answers.entries()) {
      const rows = asks[i] ?? [];
      if (i === 17 || i === 200) {
        assert.equal(answer.status, "rejected");
        continue;
      }
      assert.ok(answer.status === "fulfilled", `request ${i}`);
      const expected = rows.flatMap((row) => [row, row + 0.25, row + 0.5, row + 0.75]);
      assert.deepEqual(numbers(answer.value.outputs, "row"), expected);
    }
    await scheduler.drain();
    await session.close();
  });
}

test("a real run that never ends is stopped when its deadline ends, and the lane serves on", async () => {
  const session = await load("endless-on-negative");
  const scheduler = schedule(session, { maxRows: 1, instances: 1 });
  const deadlines = new Deadlines(systemClock);
  const row = (x: number): Tensors => new Map([["x", tensorOf("FP32", [1, 4], [x, x, x, x])]]);
  const endless = assert.rejects(scheduler.run(row(-1), 1, deadlines.start(100)), {
    code: "deadline_exceeded",
  });
  const next = scheduler.run(row(2), 1, new Deadline());
  await endless;
  assert.deepEqual(numbers((await next).outputs, "y"), [2, 2, 2, 2]);
  await scheduler.drain();
  await session.close();
});
