import assert from "node:assert/strict";
import { test } from "node:test";
import { column, columnSignature } from "../../test/kit/fake-session.ts";
import { ManualClock } from "../../test/kit/manual-clock.ts";
import { Deadline, Deadlines, PlatformError } from "../base/index.ts";
import { ANYONE, emptyManifest } from "../model/index.ts";
import {
  LoadTests,
  type LoadTestsOptions,
  type LoadTestWish,
  type RunningTest,
  type TestNews,
} from "./load-tests.ts";
import { LoadedVersion } from "./loaded-version.ts";

const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));
const wish: LoadTestWish = {
  model: "m",
  version: undefined,
  asked: { payload: { kind: "tensors", tensors: column(1) } },
  seconds: 1,
  concurrency: 2,
  settings: {},
  caller: ANYONE,
};

/** Tests of copies that count themselves; each request takes 10 ms of the clock. */
function rig(more: Partial<LoadTestsOptions> = {}) {
  const clock = new ManualClock();
  const copies = { open: 0, loaded: 0 };
  const load: LoadTestsOptions["load"] = async ({ model, version }, _deadline, { createObserver }) => {
    copies.open += 1;
    copies.loaded += 1;
    const parts = {
      model,
      version,
      manifest: emptyManifest,
      instances: 1,
      inline: false,
      session: { signature: columnSignature, close: async () => void (copies.open -= 1) },
      scheduler: { drain: async () => {}, batching: { mode: "rows", maxRows: 8, maxDelayUs: 0, reason: "" } },
      observer: createObserver(model, version),
    };
    return new LoadedVersion(parts as unknown as LoadedVersion["parts"]); // Only what a test touches.
  };
  const tests = new LoadTests({
    find: async (model, version = 2) => found(model, version),
    bytesOf: () => 100,
    load,
    answer: async ({ parts: { observer } }, _request, { deadline }) => {
      const seen = observer.start();
      await waited(clock, 10, deadline);
      observer.answered(seen, 1, { queueUs: 0, computeUs: 10_000, cpuUs: 10_000, batchRows: 1 });
    },
    deadlineMs: 0,
    deadlines: new Deadlines(clock),
    clock,
    availableBytes: () => 1000,
    ...more,
  });
  return { clock, copies, tests };
}

const found = (model: string, version: number) => ({
  model,
  version,
  path: "",
  directory: "",
  fingerprint: "",
  bytes: 10,
  writtenMs: 0,
  arrangedMs: 0,
});

async function waited(clock: ManualClock, ms: number, deadline: Deadline): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    clock.after(ms, resolve);
    deadline.onEnd(reject);
  });
}

/** Lets the clock go on until `promise` is settled. */
async function whileTimePasses<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  const state = { isSettled: false };
  const settled = promise.finally(() => {
    state.isSettled = true;
  });
  settled.catch(() => {});
  for (let i = 0; i < 10_000 && !state.isSettled; i += 1) {
    clock.advance(5);
    await turn();
  }
  return await settled;
}

async function newsOf({ read }: RunningTest): Promise<TestNews[]> {
  const news: TestNews[] = [];
  for await (const one of read()) news.push(one);
  return news;
}

test("a test tells how it goes every half second, then what it found, once its memory is free", async () => {
  const { clock, copies, tests } = rig();
  const running = await whileTimePasses(clock, tests.begin(wish, new Deadline()));
  assert.equal(running.version, 2);
  const news = await whileTimePasses(clock, newsOf(running));
  assert.equal(copies.open, 0);
  const last = news.at(-1);
  assert.ok(last?.event === "report");
  assert.ok(news.length >= 2 && news.slice(0, -1).every(({ event }) => event === "progress"));
  const { model, version, concurrency, settings, requests, failures, maxMs } = last.data;
  assert.deepEqual([model, version, concurrency, failures], ["m", 2, 2, 0]);
  assert.deepEqual(settings, { instances: 1, maxRows: 8, maxDelayUs: 0 });
  // Two at a time for a second, and the one that was made to try is not counted.
  assert.ok(requests > 50 && requests <= 202, String(requests));
  assert.ok(maxMs !== null && maxMs >= 10 && maxMs <= 20, String(maxMs));
});

test("a second test is refused while one runs, by the name of the first, and taken after it", async () => {
  const { clock, copies, tests } = rig();
  const running = await whileTimePasses(clock, tests.begin(wish, new Deadline()));
  const refused = tests.begin({ ...wish, model: "n" }, new Deadline());
  await assert.rejects(refused, { code: "resource_exhausted", message: "a load test of m runs" });
  const stranger = { ...ANYONE, mayUse: (name: string) => name !== "m" };
  const elsewhere = tests.begin({ ...wish, model: "n", caller: stranger }, new Deadline());
  await assert.rejects(elsewhere, { message: "a load test of another model runs" });
  await whileTimePasses(clock, newsOf(running));
  await whileTimePasses(clock, newsOf(await whileTimePasses(clock, tests.begin(wish, new Deadline()))));
  assert.deepEqual(copies, { open: 0, loaded: 2 });
});

test("a copy for which there is no memory is not loaded", async () => {
  const { copies, tests } = rig({ availableBytes: () => 99 });
  await assert.rejects(tests.begin(wish, new Deadline()), {
    code: "resource_exhausted",
    message: "a copy of m version 2 takes 100 bytes of memory, and 99 are left",
  });
  assert.equal(copies.loaded, 0);
});

test("what does not load or refuses what is asked says so, and the next test may begin", async () => {
  const broken = rig({
    load: async () => {
      throw new PlatformError("invalid_argument", "axis 0 is fixed", { field: "batching.padTo" });
    },
  });
  for (const _ of [1, 2]) {
    await assert.rejects(broken.tests.begin(wish, new Deadline()), {
      code: "failed_precondition",
      message: "the copy does not load: axis 0 is fixed",
    });
  }
  const refusing = rig({
    answer: async () => {
      throw new PlatformError("invalid_argument", "no such column");
    },
  });
  for (const _ of [1, 2]) {
    await assert.rejects(refusing.tests.begin(wish, new Deadline()), { code: "invalid_argument" });
  }
  assert.deepEqual(refusing.copies, { open: 0, loaded: 2 });
});

test("a test ends with its deadline, and its copy with it", async () => {
  const { clock, copies, tests } = rig();
  const deadline = new Deadline();
  const running = await whileTimePasses(clock, tests.begin(wish, deadline));
  deadline.end(new PlatformError("cancelled", "client gone"));
  await assert.rejects(whileTimePasses(clock, newsOf(running)), { code: "cancelled" });
  assert.equal(copies.open, 0);
});

test("a deadline that ends while the copy loads ends the test, and the copy is freed", async () => {
  const loading = Promise.withResolvers<void>();
  const slow = slowLoad(loading.promise);
  const { clock, tests } = rig({ load: slow.load });
  const deadline = new Deadline();
  const begun = tests.begin(wish, deadline);
  begun.catch(() => {});
  deadline.end(new PlatformError("cancelled", "client gone"));
  loading.resolve();
  await assert.rejects(whileTimePasses(clock, begun), { code: "cancelled" });
  assert.equal(slow.open(), 0);
});

/** A load that goes on, whatever its deadline says, until `ready`. */
function slowLoad(ready: Promise<void>) {
  let open = 0;
  const load: LoadTestsOptions["load"] = async ({ model, version }, _deadline, { createObserver }) => {
    await ready;
    open += 1;
    const parts = {
      manifest: emptyManifest,
      session: { signature: columnSignature, close: async () => void (open -= 1) },
      scheduler: { drain: async () => {} },
      observer: createObserver(model, version),
    };
    return new LoadedVersion(parts as unknown as LoadedVersion["parts"]); // Only what a test touches.
  };
  return { load, open: () => open };
}

test("closing ends the test that runs, waits for its memory, and lets no other begin", async () => {
  const { clock, copies, tests } = rig();
  const running = await whileTimePasses(clock, tests.begin(wish, new Deadline()));
  const read = newsOf(running);
  read.catch(() => {});
  await whileTimePasses(clock, tests.close());
  assert.equal(copies.open, 0);
  await assert.rejects(read, { code: "unavailable", message: "the server stops" });
  await assert.rejects(tests.begin(wish, new Deadline()), { code: "unavailable" });
});

test("requests that do not end are given up a while after the last was started, and count as failures", async () => {
  let asked = 0;
  const { clock, copies, tests } = rig({
    answer: async ({ parts: { observer } }, _request, { deadline }) => {
      const seen = observer.start();
      asked += 1;
      if (asked === 1) return;
      await new Promise<void>((_resolve, reject) => void deadline.onEnd(reject)).catch((error: unknown) => {
        observer.failed(seen, PlatformError.from(error));
        throw error;
      });
    },
  });
  const news = await whileTimePasses(clock, newsOf(await tests.begin(wish, new Deadline())));
  const last = news.at(-1);
  assert.ok(last?.event === "report");
  assert.deepEqual(last.data.failureReasons, [{ code: "deadline_exceeded", count: 2 }]);
  assert.equal(copies.open, 0);
});
