import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { Catalogue } from "./catalogue.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { Histogram } from "./series.ts";

/** A sample line of the text format: name, labels, value. */
const SAMPLE =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\+Inf|-?[0-9.e+-]+)$/;

async function withMetrics(run: (metrics: Metrics) => Promise<void>): Promise<void> {
  const metrics = createMetrics({ version: "1.2.3", engine: "test" });
  try {
    await run(metrics);
  } finally {
    metrics.close();
  }
}

async function valueOf(metrics: Metrics, series: string): Promise<number | undefined> {
  const line = (await metrics.print()).split("\n").find((text) => text.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

const times = { totalS: 0.003, queueS: 0.001, computeS: 0.002, cpuS: 0.0015, rows: 4 };

test("a prediction is counted, timed and billed in its version's series", async () => {
  await withMetrics(async (metrics) => {
    const version = metrics.version("iris", 2);
    version.request("ok", times);
    version.request("resource_exhausted", { ...times, cpuS: 0 });
    version.request("cancelled", { ...times, cpuS: 0 });
    version.batch(8);
    version.setQueue(3, 300);
    version.setMemory(4096);
    const labels = 'model="iris",version="2"';
    const expected: [string, number][] = [
      [`sirve_requests_total{${labels},code="ok"}`, 1],
      [`sirve_requests_total{${labels},code="resource_exhausted"}`, 1],
      [`sirve_requests_dropped_total{${labels},reason="rejected"}`, 1],
      [`sirve_requests_dropped_total{${labels},reason="cancelled"}`, 1],
      [`sirve_request_duration_seconds_count{${labels}}`, 3],
      [`sirve_request_duration_seconds_bucket{${labels},le="0.0025"}`, 0],
      [`sirve_request_duration_seconds_bucket{${labels},le="0.005"}`, 3],
      [`sirve_queue_duration_seconds_bucket{${labels},le="0.001"}`, 1],
      [`sirve_compute_duration_seconds_sum{${labels}}`, 0.002],
      [`sirve_model_cpu_seconds_total{${labels}}`, 0.0015],
      [`sirve_rows_total{${labels}}`, 4],
      [`sirve_batch_rows_bucket{${labels},le="8"}`, 1],
      [`sirve_queue_rows{${labels}}`, 3],
      [`sirve_queue_bytes{${labels}}`, 300],
      [`sirve_model_memory_bytes{${labels}}`, 4096],
    ];
    for (const [series, value] of expected) assert.equal(await valueOf(metrics, series), value, series);
  });
});

test("the series of an unloaded version are gone, whatever is still recorded, and those of others stay", async () => {
  await withMetrics(async (metrics) => {
    const [old, other] = [metrics.version("a", 1), metrics.version("a", 10)];
    for (const version of [old, other]) version.request("internal", times);
    old.remove();
    old.request("internal", times);
    old.request("cancelled", times);
    old.setQueue(1, 1);
    const text = await metrics.print();
    assert.doesNotMatch(text, /version="1"/);
    assert.match(text, /version="10"/);
    metrics.version("a", 1).request("ok", times);
    assert.equal(await valueOf(metrics, 'sirve_requests_total{model="a",version="1",code="ok"}'), 1);
  });
});

test("wires are counted by protocol and status, with their bytes", async () => {
  await withMetrics(async (metrics) => {
    metrics.http("v2", 200, 10, 20);
    metrics.http("v2", 200, 1, 2);
    metrics.http("v2", 404, 0, 5);
    metrics.grpc("v2-grpc", 0, 7, 8);
    assert.equal(await valueOf(metrics, 'sirve_http_requests_total{protocol="v2",status="200"}'), 2);
    assert.equal(await valueOf(metrics, 'sirve_request_bytes_total{protocol="v2"}'), 11);
    assert.equal(await valueOf(metrics, 'sirve_response_bytes_total{protocol="v2"}'), 27);
    assert.equal(await valueOf(metrics, 'sirve_grpc_requests_total{protocol="v2-grpc",code="0"}'), 1);
  });
});

test("every line is valid text format, whatever a model is called", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme" }), async (name) => {
      await withMetrics(async (metrics) => {
        metrics.version(name, 1).request("ok", times);
        metrics.loaded("ready", 0.2);
        metrics.loaded("failed", 0.1);
        metrics.unmatched("not_found");
        const text = await metrics.print();
        assert.ok(text.endsWith("\n"));
        for (const line of text.trimEnd().split("\n")) {
          if (!line.startsWith("# ")) assert.match(line, SAMPLE);
        }
      });
    }),
    { numRuns: 50 },
  );
});

test("a histogram's buckets agree with a plain count", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 20, noNaN: true })), (values) => {
      const histogram = new Histogram([1, 2, 5, 10]);
      for (const value of values) histogram.observe(value);
      const bounds = [1, 2, 5, 10, Number.POSITIVE_INFINITY];
      let cumulative = 0;
      for (const [i, bound] of bounds.entries()) {
        cumulative += histogram.counts[i] ?? 0;
        assert.equal(cumulative, values.filter((value) => value <= bound).length);
      }
    }),
  );
});

test("a version whose files are replaced keeps its series until the last of both is gone", async () => {
  await withMetrics(async (metrics) => {
    const once = { totalS: 0, queueS: 0, computeS: 0, cpuS: 0, rows: 1 };
    const series = 'sirve_requests_total{model="m",version="1",code="ok"}';
    const [old, fresh] = [metrics.version("m", 1), metrics.version("m", 1)];
    old.request("ok", once);
    old.remove();
    old.remove();
    fresh.request("ok", once);
    assert.equal(await valueOf(metrics, series), 2);
    fresh.remove();
    assert.equal(await valueOf(metrics, series), undefined);
  });
});

test("what is read rather than counted is read at each print, and the process is there", async () => {
  await withMetrics(async (metrics) => {
    const version = metrics.version("m", 1);
    let rows = 0;
    metrics.onPrint(() => version.setQueue(++rows, 0));
    await metrics.print();
    assert.equal(await valueOf(metrics, 'sirve_queue_rows{model="m",version="1"}'), 2);
    assert.ok(((await valueOf(metrics, "process_resident_memory_bytes")) ?? 0) > 1e6);
    assert.ok(((await valueOf(metrics, "process_cpu_seconds_total")) ?? 0) > 0);
    assert.equal(await valueOf(metrics, "sirve_version_unloads_total"), 0);
    const build = `sirve_build_info{version="1.2.3",node="${process.version}",engine="test"}`;
    assert.equal(await valueOf(metrics, build), 1);
  });
});

test("docs/metrics.md names every metric with its labels, and no other", () => {
  const page = readFileSync("docs/metrics.md", "utf8");
  const listed = [...page.matchAll(/^\| `([a-z_]+)` \| (.*?) \|/gm)].map(
    ([, name, labels]) => `${name} ${labels}`,
  );
  const known = Object.values(new Catalogue()).map(({ name, labels }) =>
    `${name} ${labels.map((label: string) => `\`${label}\``).join(", ")}`.trimEnd(),
  );
  assert.deepEqual(listed.map((line) => line.trimEnd()).toSorted(), known.toSorted());
});
