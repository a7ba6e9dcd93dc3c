import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoadSample } from "./api.ts";
import { deployments, HISTORY_SECONDS, modelSeries, withSample } from "./load.ts";

type VersionLoad = LoadSample["versions"][number];

const figures = { failuresPerSecond: 0, p50Ms: 1, p99Ms: 2, queueMs: 0.1, computeMs: 0.9, rowsPerSecond: 1 };
const more = { rowsPerRun: 1, costUs: 50, cpus: 0.1, inFlight: 0, waitingRows: 1, memoryBytes: 1 };

const load = (version: number, requestsPerSecond: number, model = "churn"): VersionLoad => ({
  model,
  version,
  requestsPerSecond,
  ...figures,
  ...more,
});

const sample = (second: number, ...versions: VersionLoad[]): LoadSample => ({
  at: new Date(second * 1000).toISOString(),
  versions,
});

test("a sample is added once and pushes out what is too old", () => {
  const history = { intervalMs: 2000, samples: [sample(0), sample(2)] };
  const twice = withSample(withSample(history, sample(4)), sample(4));
  assert.deepEqual(
    twice.samples.map(({ at }) => Date.parse(at) / 1000),
    [0, 2, 4],
  );
  const late = withSample(twice, sample(HISTORY_SECONDS + 3));
  assert.deepEqual(
    late.samples.map(({ at }) => Date.parse(at) / 1000),
    [4, HISTORY_SECONDS + 3],
  );
});

test("versions of a model add their rates up, and the busiest one's times stand", () => {
  const samples = [sample(0, { ...load(1, 2), p50Ms: 9 }, load(2, 8), load(1, 50, "other"))];
  const [one] = modelSeries({ intervalMs: 2000, samples }, "churn");
  assert.equal(one?.requestsPerSecond, 10);
  assert.equal(one?.p50Ms, 1);
  assert.equal(one?.version, 2);
  assert.equal(one?.waitingRows, 2);
});

test("a deployment is where another version begins to answer, however long nobody asked", () => {
  const samples = [
    sample(0, load(1, 1)),
    sample(2),
    sample(4, load(2, 1)),
    sample(6, load(2, 1)),
    sample(8, load(1, 1)),
  ];
  assert.deepEqual(deployments(modelSeries({ intervalMs: 2000, samples }, "churn")), [2, 4]);
});
