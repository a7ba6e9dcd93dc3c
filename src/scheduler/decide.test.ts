import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type BatchLimits, type Decision, decide, type Waiting } from "./decide.ts";

type Plain = Omit<Waiting, "next">;

function link(requests: readonly Plain[]): Waiting {
  const first = requests.reduceRight<Waiting | undefined>(
    (next, request) => ({ ...request, next }),
    undefined,
  );
  assert.ok(first);
  return first;
}

const at = (since: number, rows: number): Plain => ({ since, rows });
const eager: BatchLimits = { maxRows: 8, maxDelayUs: 0, preferredRows: [] };
const patient: BatchLimits = { maxRows: 8, maxDelayUs: 5000, preferredRows: [] };
const stepped: BatchLimits = { maxRows: 64, maxDelayUs: 5000, preferredRows: [4, 16] };
const run = (count: number): Decision => ({ kind: "run", count });
const wait = (us: number): Decision => ({ kind: "wait", us });

const cases: [title: string, waiting: Plain[], limits: BatchLimits, now: number, expected: Decision][] = [
  ["without a delay, a lone request runs", [at(0, 1)], eager, 0, run(1)],
  ["without a delay, all that gathered runs", [at(0, 1), at(3, 1), at(4, 1)], eager, 4, run(3)],
  ["what does not fit stays", [at(0, 5), at(0, 3), at(0, 1)], eager, 4, run(2)],
  ["an oversized request runs alone", [at(0, 9), at(0, 1)], patient, 0, run(1)],
  ["requests without rows are bounded too", Array.from({ length: 9 }, () => at(0, 0)), eager, 0, run(8)],
  ["with a delay, it waits for company", [at(0, 1), at(1, 1)], patient, 2, wait(3000)],
  ["it runs when the oldest has waited long enough", [at(0, 1), at(4, 1)], patient, 5, run(2)],
  ["the oldest counts, wherever it stands", [at(4, 1), at(0, 1)], patient, 5, run(2)],
  ["a full batch runs at once", [at(0, 4), at(0, 4)], patient, 0, run(2)],
  ["a batch that cannot grow runs at once", [at(0, 5), at(0, 4)], patient, 0, run(1)],
  ["a fraction of a microsecond is not waited for", [at(0, 1)], patient, 4.9995, run(1)],
  ["below every preferred size, it waits", [at(0, 3)], stepped, 1, wait(4000)],
  ["at a preferred size, it runs at once", [at(0, 3), at(0, 1)], stepped, 0, run(2)],
  ["it stops at the largest preferred size reached", [at(0, 4), at(0, 3), at(0, 3)], stepped, 0, run(1)],
  ["it stops below a preferred size that a request crosses", [at(0, 3), at(0, 2)], stepped, 0, run(1)],
  ["a first request above the preferred size runs", [at(0, 9), at(0, 1)], stepped, 0, run(1)],
];

for (const [title, waiting, limits, now, expected] of cases) {
  test(title, () => assert.deepEqual(decide(link(waiting), limits, now), expected));
}

/** The rule once more, by trying every number of requests. */
function naive(requests: readonly Plain[], limits: BatchLimits, now: number): Decision {
  const sum = (count: number) => requests.slice(0, count).reduce((rows, r) => rows + Math.max(1, r.rows), 0);
  const counts = requests.map((_, i) => i + 1);
  const longest = Math.max(...counts.filter((count) => count === 1 || sum(count) <= limits.maxRows));
  const reached = limits.preferredRows.filter((size) => size <= sum(longest));
  if (reached.length > 0) {
    const stop = Math.max(...reached);
    return run(Math.max(1, ...counts.filter((count) => sum(count) <= stop)));
  }
  const age = (now - Math.min(...requests.slice(0, longest).map(({ since }) => since))) * 1000;
  const isFull = longest < requests.length || sum(longest) >= limits.maxRows;
  return isFull || age >= limits.maxDelayUs ? run(longest) : wait(limits.maxDelayUs - age);
}

test("it decides as the naive rule does", () => {
  const request = fc.record({
    rows: fc.integer({ min: 0, max: 12 }),
    since: fc.integer({ min: 0, max: 20 }),
  });
  const limits = fc.record({
    maxRows: fc.integer({ min: 1, max: 40 }),
    maxDelayUs: fc.integer({ min: 0, max: 20 }).map((ms) => ms * 1000),
    preferredRows: fc
      .uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 4 })
      .map((s) => s.toSorted((a, b) => a - b)),
  });
  fc.assert(
    fc.property(fc.array(request, { minLength: 1, maxLength: 20 }), limits, (requests, bounds) => {
      assert.deepEqual(decide(link(requests), bounds, 20), naive(requests, bounds, 20));
    }),
    { numRuns: 1000 },
  );
});
