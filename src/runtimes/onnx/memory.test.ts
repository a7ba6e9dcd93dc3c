import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Deadline, systemClock } from "../../base/index.ts";
import { fixture } from "../fixtures.suite.ts";
import { sampleInputs } from "../sample-inputs.ts";
import { createOnnxRuntime } from "./runtime.ts";

/** Loads, runs in both ways and unloads; far more than a leaked session or slot would be hidden by. */
const WARM_UP = 30;
const CYCLES = 60;
const ROUNDS = 3;
const MOST_BYTES = 12 * 2 ** 20;

test("memory comes back after each unload", { timeout: 120_000 }, async () => {
  const cacheDir = await mkdtemp(join(tmpdir(), "sirve-memory-"));
  const limits = { probeTimeoutMs: 60_000, probeMemoryBytes: 2 ** 32, maxArtifactBytes: 2 ** 31 };
  const runtime = createOnnxRuntime({ lanes: 2, cacheDir, ...limits, clock: systemClock });
  const artifact = await fixture("fashion");
  const cycle = async () => {
    const session = await runtime.load(artifact, new Deadline());
    const inputs = sampleInputs(session.signature, artifact.manifest, 16);
    await Promise.all([session.start([inputs]).done, session.start([inputs]).done]);
    session.runInline?.([inputs]);
    await session.close();
  };
  for (let i = 0; i < WARM_UP; i++) await cycle();
  // One session of this model is over 2 MB: a leak of one in ten cycles would show, in every round. What the
  // allocator of a busy machine keeps shows in the first only.
  let grownBytes = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS && grownBytes >= MOST_BYTES; round++) {
    const before = process.memoryUsage.rss();
    for (let i = 0; i < CYCLES; i++) await cycle();
    grownBytes = process.memoryUsage.rss() - before;
  }
  await runtime.close();
  await rm(cacheDir, { recursive: true });
  assert.ok(grownBytes < MOST_BYTES, `grew by ${Math.round(grownBytes / 2 ** 20)} MiB`);
});
