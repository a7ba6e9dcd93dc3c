import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../test/kit/manual-clock.ts";
import { createMetrics } from "../telemetry/index.ts";
import { LOAD_INTERVAL_MS, LoadHistory, type LoadSample } from "./load-history.ts";

const one = { totalS: 0.004, queueS: 0.001, computeS: 0.002, cpuS: 0.002, rows: 1 };

test("each interval is told and kept, and versions without work are left out", () => {
  const clock = new ManualClock();
  const metrics = createMetrics();
  const [busy, idle] = [metrics.version("busy", 1), metrics.version("idle", 1)];
  const history = new LoadHistory(metrics, clock);
  const told: LoadSample[] = [];
  const stop = history.listen((sample) => told.push(sample));
  for (let i = 0; i < 4; i += 1) busy.request("ok", one);
  clock.advance(LOAD_INTERVAL_MS);
  clock.advance(LOAD_INTERVAL_MS);
  stop();
  clock.advance(LOAD_INTERVAL_MS);
  assert.equal(told.length, 2);
  assert.deepEqual(
    told.map(({ versions }) => versions.map(({ model, requestsPerSecond }) => [model, requestsPerSecond])),
    [[["busy", 2]], []],
  );
  assert.equal(history.since(900).length, 3);
  assert.equal(history.since(4).length, 2);
  assert.deepEqual(history.since(900)[0], told[0]);
  idle.remove();
  history.close();
  metrics.close();
});

test("what is kept is bounded by time", () => {
  const clock = new ManualClock();
  const metrics = createMetrics();
  const history = new LoadHistory(metrics, clock);
  for (let i = 0; i < 1000; i += 1) clock.advance(LOAD_INTERVAL_MS);
  assert.equal(history.since(1e6).length, 450);
  history.close();
  clock.advance(10 * LOAD_INTERVAL_MS);
  assert.equal(history.since(1e6).length, 450);
  metrics.close();
});
