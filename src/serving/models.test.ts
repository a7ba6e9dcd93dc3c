import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ManualClock } from "../../test/kit/manual-clock.ts";
import { Deadlines, PlatformError } from "../base/index.ts";
import type { FoundVersion } from "./folder.ts";
import { LoadedVersion } from "./loaded-version.ts";
import { Models } from "./models.ts";
import { parseVersionPolicy } from "./version-policy.ts";
import type { Look } from "./watcher.ts";

/** Models whose loads and closes end when the test says so. */
function rig(policy: string | undefined) {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const loads: { readonly found: FoundVersion; settle(ok: boolean): void }[] = [];
  const closes: (() => void)[] = [];
  const memory = { open: 0 };
  const models = new Models({
    policy: policy === undefined ? undefined : parseVersionPolicy(policy),
    namedPolicy: parseVersionPolicy(policy ?? "latest:1"),
    deadlines,
    onChange: () => {},
    load: async (found) => {
      const { promise, resolve, reject } = Promise.withResolvers<LoadedVersion>();
      const settle = (ok: boolean) => {
        if (!ok) return reject(new PlatformError("failed_precondition", "broken file"));
        memory.open += 1;
        resolve(fakeLoaded(found, closes, memory));
      };
      loads.push({ found, settle });
      return promise;
    },
  });
  return { clock, deadlines, loads, closes, memory, models };
}

function fakeLoaded(
  { model, version, fingerprint }: FoundVersion,
  closes: (() => void)[],
  memory: { open: number },
) {
  const close = async () => {
    await new Promise<void>((resolve) => closes.push(resolve));
    memory.open -= 1;
  };
  const parts = {
    model,
    version,
    digest: fingerprint,
    session: { memoryBytes: 1, close },
    scheduler: { drain: async () => {}, batching: undefined },
    observer: { close: () => {} },
  };
  return new LoadedVersion(parts as unknown as LoadedVersion["parts"]); // Only what the lifecycle touches.
}

const file = (version: number, mark = "a", model = "m"): FoundVersion => ({
  model,
  version,
  path: `/${model}/${version}/model.onnx`,
  directory: `/${model}/${version}`,
  fingerprint: `${model}${version}${mark}`,
  writtenMs: 0,
  bytes: 1,
  arrangedMs: 0,
});
const look = (whole: readonly FoundVersion[], incomplete: readonly FoundVersion[] = []): Look => ({
  whole,
  incomplete,
  problems: [],
  unreadable: new Set(),
});
const settled = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};
/** Lets every close and every load that is under way end, the ones that follow from it too. */
async function finish({ loads, closes }: ReturnType<typeof rig>, ok = true): Promise<void> {
  await settled();
  while (loads.length > 0 || closes.length > 0) {
    for (const load of loads.splice(0)) load.settle(ok);
    for (const close of closes.splice(0)) close();
    await settled();
  }
}
const serving = (models: Models) => models.list().map(({ model, serving: v }) => `${model}:${v ?? "-"}`);
/** How a promise ended so far. */
function follow<T>(promise: Promise<T>): { value?: T; error?: PlatformError } {
  const outcome: { value?: T; error?: PlatformError } = {};
  promise.then(
    (value) => (outcome.value = value),
    (error: unknown) => (outcome.error = PlatformError.from(error)),
  );
  return outcome;
}

test("what lies there at the start is loaded with the smallest model first", async () => {
  const { models, loads } = rig("latest:1");
  const sized = (model: string, bytes: number) => ({ ...file(1, "a", model), bytes });
  models.apply(
    look([sized("ocr", 9000), sized("spam", 20), { ...sized("spam", 30), version: 2 }, sized("vad", 25)]),
  );
  await settled();
  assert.deepEqual(
    loads.map(({ found }) => found.model),
    ["vad", "spam", "ocr"],
  );
});

test("a request that names a loading version waits for it, and gets the version that is loaded", async () => {
  const rigged = rig("latest:1");
  const { models, deadlines } = rigged;
  models.apply(look([file(1)]));
  const waiting = follow(models.acquire("m", 1, deadlines.start(1000)));
  await settled();
  assert.deepEqual(waiting, {});
  await finish(rigged);
  assert.equal(waiting.value?.parts.version, 1);
});

test("a request whose deadline ends while its version loads gets that deadline's reason", async () => {
  const rigged = rig("latest:1");
  const { models, deadlines, clock } = rigged;
  models.apply(look([file(1)]));
  const waiting = follow(models.acquire("m", 1, deadlines.start(50)));
  await settled();
  clock.advance(100);
  await settled();
  assert.equal(waiting.error?.code, "deadline_exceeded");
});

test("a request that waits for a version that turns out broken gets the reason at once", async () => {
  const rigged = rig("latest:1");
  const { models, deadlines } = rigged;
  models.apply(look([file(1)]));
  const waiting = follow(models.acquire("m", undefined, deadlines.start(1000)));
  await finish(rigged, false);
  assert.equal(waiting.error?.code, "unavailable");
  assert.match(waiting.error?.message ?? "", /failed: broken file/);
});

test("before the folder was looked at, requests wait; afterwards unknown models are not found", async () => {
  const { models, deadlines } = rig("latest:1");
  const waiting = follow(models.acquire("nobody", undefined, deadlines.start(1000)));
  await settled();
  assert.deepEqual(waiting, {});
  models.apply(look([]));
  await settled();
  assert.equal(waiting.error?.code, "not_found");
});

test("files that are young at the first look count as there from the start", async () => {
  const rigged = rig("latest:1");
  const { models, deadlines } = rigged;
  models.apply(look([], [file(1)]));
  const waiting = follow(models.acquire("m", undefined, deadlines.start(1000)));
  await settled();
  assert.deepEqual([models.isSettled(), waiting], [false, {}]);
  models.apply(look([file(1)]));
  assert.equal(models.isSettled(), false);
  await finish(rigged);
  assert.deepEqual([models.isSettled(), waiting.value?.parts.version], [true, 1]);
});

test("the server is not ready with an older version while the newest one still loads", async () => {
  const rigged = rig("latest:2");
  const { models, loads } = rigged;
  models.apply(look([file(1), file(2)]));
  loads.find(({ found }) => found.version === 1)?.settle(true);
  await settled();
  assert.deepEqual([models.ready("m")?.parts.version, models.isSettled()], [1, false]);
});

test("a model that comes later does not take the server off the air while it loads", async () => {
  const rigged = rig("latest:1");
  const { models } = rigged;
  models.apply(look([file(1)]));
  await finish(rigged);
  models.apply(look([file(1), file(1, "a", "new")]));
  assert.equal(rigged.loads.length, 1);
  assert.equal(models.isSettled(), true);
});

test("a version that is asked for while it is still draining is loaded again", async () => {
  const rigged = rig(undefined);
  const { models, deadlines, loads, closes } = rigged;
  models.apply(look([file(1)]));
  const first = follow(models.load("m", undefined, deadlines.start(1000)));
  loads.shift()?.settle(true);
  await settled();
  assert.equal(first.value?.serving, 1);
  const unloading = follow(models.unload("m", undefined, deadlines.start(1000)));
  await settled();
  const again = follow(models.load("m", undefined, deadlines.start(1000)));
  await settled();
  assert.deepEqual([again, closes.length], [{}, 1], "it waits for the memory");
  await finish(rigged);
  assert.deepEqual([again.value?.serving, "error" in unloading], [1, false]);
});

test("loaded by name, nothing comes or goes with the folder until it is asked for", async () => {
  const rigged = rig(undefined);
  const { models, deadlines } = rigged;
  models.apply(look([file(1)]));
  assert.deepEqual([serving(models), rigged.loads.length], [["m:-"], 0]);
  const loading = follow(models.load("m", undefined, deadlines.start(1000)));
  await finish(rigged);
  assert.equal(loading.value?.serving, 1);
  models.apply(look([file(1, "b"), file(2)]));
  models.apply(look([file(2)]));
  await finish(rigged);
  assert.equal(models.ready("m")?.parts.digest, "m1a", "neither newer nor other files are taken");
  const newest = follow(models.load("m", undefined, deadlines.start(1000)));
  await finish(rigged);
  assert.equal(newest.value?.serving, 2);
  const unloaded = follow(models.unload("m", undefined, deadlines.start(1000)));
  await finish(rigged);
  assert.deepEqual([unloaded.error, serving(models)], [undefined, ["m:-"]]);
});

test("one version loaded by name joins those that are loaded, and leaves without them", async () => {
  const rigged = rig(undefined);
  const { models, deadlines } = rigged;
  models.apply(look([file(1), file(2), file(3)]));
  follow(models.load("m", undefined, deadlines.start(1000)));
  await finish(rigged);
  follow(models.load("m", 1, deadlines.start(1000)));
  await finish(rigged);
  const versions = () =>
    models
      .loaded()
      .map(({ parts }) => parts.version)
      .toSorted((a, b) => a - b);
  assert.deepEqual(versions(), [1, 3]);
  follow(models.unload("m", 3, deadlines.start(1000)));
  await finish(rigged);
  assert.deepEqual(versions(), [1]);
});

test("a broken version that was mended is loaded when it is asked for again", async () => {
  const rigged = rig(undefined);
  const { models, deadlines } = rigged;
  models.apply(look([file(1)]));
  const first = follow(models.load("m", undefined, deadlines.start(1000)));
  await finish(rigged, false);
  assert.match(first.error?.message ?? "", /failed to load 'm': broken file/);
  models.apply(look([file(1, "b")]));
  const second = follow(models.load("m", undefined, deadlines.start(1000)));
  await finish(rigged);
  assert.equal(second.value?.serving, 1);
});

type Step =
  | { readonly kind: "look"; readonly versions: readonly number[]; readonly mark: string }
  | { readonly kind: "load" | "unload"; readonly version: number | undefined }
  | { readonly kind: "settle"; readonly ok: boolean }
  | { readonly kind: "close" };

const version = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("look" as const),
    versions: fc.uniqueArray(fc.integer({ min: 1, max: 3 })),
    mark: fc.constantFrom("a", "b"),
  }),
  fc.record({ kind: fc.constantFrom("load" as const, "unload" as const), version }),
  fc.record({ kind: fc.constant("settle" as const), ok: fc.boolean() }),
  fc.record({ kind: fc.constant("close" as const) }),
);

type Call = ReturnType<typeof follow<unknown>>;

/** Takes one step; for a load or unload by name, how it will have ended. */
function take({ models, deadlines, loads, closes }: ReturnType<typeof rig>, one: Step): Call[] {
  if (one.kind === "load") return [follow<unknown>(models.load("m", one.version, deadlines.start(1e6)))];
  if (one.kind === "unload") return [follow<unknown>(models.unload("m", one.version, deadlines.start(1e6)))];
  if (one.kind === "look") models.apply(look(one.versions.map((number) => file(number, one.mark))));
  else if (one.kind === "settle") loads.shift()?.settle(one.ok);
  else closes.shift()?.();
  return [];
}

test("whatever is loaded and unloaded by name at once, every call ends, and all memory comes back", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const rigged = rig(undefined);
      const calls: Call[] = [];
      for (const one of steps) {
        calls.push(...take(rigged, one));
        if (one.kind !== "load") await settled();
      }
      await finish(rigged);
      await settled();
      for (const call of calls) {
        assert.ok("value" in call || call.error, "a call is still waiting");
        const codes = ["not_found", "failed_precondition"];
        if (call.error) assert.ok(codes.includes(call.error.code), call.error.message);
      }
      const stopped = follow(rigged.models.stop(rigged.deadlines.start(1e6)));
      await finish(rigged);
      await settled();
      assert.deepEqual([rigged.memory.open, stopped.error], [0, undefined]);
    }),
    { numRuns: 600 },
  );
});

test("the version that answers while files come and go is the newest ready one, and is never freed while held", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 30 }),
      fc.constantFrom("all", "latest:1", "latest:2", "specific:1,3"),
      async (steps, policy) => {
        const rigged = rig(policy);
        const { models } = rigged;
        models.apply(look([file(1)]));
        await finish(rigged);
        for (const one of steps) {
          if (one.kind === "load" || one.kind === "unload") continue; // Refused by the control plane then.
          take(rigged, one);
          await settled();
          const ready = models.loaded().map(({ parts }) => parts.version);
          assert.equal(models.ready("m")?.parts.version, ready.length > 0 ? Math.max(...ready) : undefined);
        }
        const held = models.ready("m")?.acquire();
        models.apply(look([]));
        await finish(rigged);
        assert.equal(rigged.memory.open, held ? 1 : 0);
        held?.release();
        await settled();
        await finish(rigged);
        models.apply(look([]));
        assert.deepEqual([rigged.memory.open, models.list()], [0, []]);
      },
    ),
    { numRuns: 300 },
  );
});
