import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ManualClock } from "../../../test/kit/manual-clock.ts";
import { type Clock, Deadline, PlatformError, systemClock } from "../../base/index.ts";
import { type Tensors, tensorOf } from "../../tensor/index.ts";
import type { Runtime } from "../contract.ts";
import { fixture } from "../fixtures.suite.ts";
import { createOnnxRuntime } from "./runtime.ts";

const cacheDir = await mkdtemp(join(tmpdir(), "sirve-probes-"));
after(() => rm(cacheDir, { recursive: true }));

function open(clock: Clock, lanes = 1): Runtime {
  const limits = { probeTimeoutMs: 60_000, probeMemoryBytes: 2 ** 32, maxArtifactBytes: 2 ** 31 };
  return createOnnxRuntime({ lanes, cacheDir, ...limits, clock });
}

const x = (value: number): Tensors => new Map([["x", tensorOf("FP32", [1, 4], [value, 1, 2, 3])]]);

test("a stopped run that goes on costs its lane, which is replaced", { timeout: 30_000 }, async () => {
  const clock = new ManualClock();
  const runtime = open(clock);
  const session = await runtime.load(await fixture("endless-on-negative"), new Deadline());
  const hanging = session.start([x(-1)]);
  hanging.terminate();
  // No time for the engine's answer: as if it did not come.
  clock.advance(2000);
  await assert.rejects(hanging.done, { code: "cancelled" });
  const { outputs } = await session.start([x(3)]).done;
  assert.equal(outputs.get("y")?.data.at(0), 3);
  await session.close();
  await runtime.close();
});

test("closing waits for the runs under way", async () => {
  const runtime = open(systemClock);
  const session = await runtime.load(await fixture("slow-20ms"), new Deadline());
  const inputs = new Map([
    [
      "x",
      tensorOf(
        "FP32",
        [1, 256],
        Array.from({ length: 256 }, () => 1),
      ),
    ],
  ]);
  const runs = [1, 2, 3].map(() => session.start([inputs]).done);
  await runs[0];
  let isClosed = false;
  const closed = session.close().then(() => (isClosed = true));
  await runs[1];
  assert.equal(isClosed, false);
  await assert.rejects(session.start([inputs]).done, { code: "unavailable" });
  await Promise.allSettled(runs);
  await closed;
  await runtime.close();
});

test("a deadline that is over stops a load before and after the engine has it", async () => {
  const runtime = open(systemClock);
  const over = new Deadline();
  over.end(new PlatformError("deadline_exceeded", "too late"));
  await assert.rejects(runtime.load(await fixture("mixed"), over), { code: "deadline_exceeded" });
  const ending = new Deadline();
  const loading = runtime.load(await fixture("mixed"), ending);
  ending.end(new PlatformError("cancelled", "gone"));
  await assert.rejects(loading, { code: "cancelled" });
  await runtime.close();
});

test("a larger file than allowed is refused", async () => {
  const runtime = open(systemClock);
  const artifact = { ...(await fixture("mixed")), bytes: 2 ** 32 };
  await assert.rejects(runtime.load(artifact, new Deadline()), {
    code: "failed_precondition",
    message: /4294967296 bytes, expected at most 2147483648/,
  });
  await runtime.close();
});

test("a model with a loop, which may take any time, is never run on the calling thread", async () => {
  const runtime = open(systemClock);
  const loop = await runtime.load(await fixture("endless-on-negative"), new Deadline());
  const plain = await runtime.load(await fixture("add-sub"), new Deadline());
  assert.deepEqual([loop.runInline === undefined, plain.runInline === undefined], [true, false]);
  await Promise.all([loop.close(), plain.close()]);
  await runtime.close();
});
