import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ManualClock } from "../../test/kit/manual-clock.ts";
import { Deadlines, PlatformError } from "../base/index.ts";
import type { VersionStatus } from "../model/index.ts";
import type { FoundVersion } from "./folder.ts";
import { LoadedVersion } from "./loaded-version.ts";
import { ModelLifecycle } from "./model-lifecycle.ts";
import { parseVersionPolicy } from "./version-policy.ts";

/** A model whose loads end when the test says so, and a count of what is in memory. */
function rig() {
  const loads: { found: FoundVersion; settle: (ok: boolean) => void }[] = [];
  const changes: VersionStatus[] = [];
  const memory = { open: 0 };
  const model = new ModelLifecycle("m", {
    deadlines: new Deadlines(new ManualClock()),
    onChange: (status) => changes.push(status),
    // Deaf to its deadline, as an engine may be: a load that nobody wants any more still ends some day.
    load: async (found) =>
      new Promise((resolve, reject) => {
        const settle = (ok: boolean) => {
          if (!ok) return reject(new PlatformError("failed_precondition", "broken file"));
          memory.open += 1;
          resolve(fakeLoaded(found, () => (memory.open -= 1)));
        };
        loads.push({ found, settle });
      }),
  });
  return { model, loads, changes, memory };
}

function fakeLoaded({ model, version, fingerprint }: FoundVersion, onClose: () => void): LoadedVersion {
  const parts = {
    model,
    version,
    digest: fingerprint,
    session: { memoryBytes: 1, close: async () => onClose() },
    scheduler: { drain: async () => {} },
    observer: { close: () => {} },
  };
  return new LoadedVersion(parts as unknown as LoadedVersion["parts"]); // Only what the lifecycle touches.
}

const found = (version: number, mark = "a"): FoundVersion => ({
  model: "m",
  version,
  path: `/m/${version}/model.onnx`,
  directory: `/m/${version}`,
  fingerprint: `${version}${mark}`,
  writtenMs: 0,
  bytes: 1,
  arrangedMs: 0,
});

const settled = async () => {
  for (let turn = 0; turn < 12; turn++) await Promise.resolve();
};
const states = (model: ModelLifecycle) => model.status().versions.map((v) => `${v.version}:${v.state}`);

test("a new version answers once it is loaded, then the old one is freed", async () => {
  const { model, loads, memory } = rig();
  model.want(parseVersionPolicy("latest:1"));
  model.update([found(1)], new Set());
  loads[0]?.settle(true);
  await settled();
  model.update([found(1), found(2)], new Set());
  assert.equal(model.ready()?.parts.version, 1);
  loads[1]?.settle(true);
  await settled();
  assert.equal(model.ready()?.parts.version, 2);
  assert.deepEqual([states(model), memory.open], [["1:unloaded", "2:ready"], 1]);
});

test("a request that holds a version keeps it in memory until it is released", async () => {
  const { model, loads, memory } = rig();
  model.want(parseVersionPolicy("latest:1"));
  model.update([found(1)], new Set());
  loads[0]?.settle(true);
  await settled();
  const held = model.ready()?.acquire();
  model.update([], new Set());
  await settled();
  assert.deepEqual([model.ready(), states(model), memory.open], [undefined, ["1:draining"], 1]);
  held?.release();
  await settled();
  assert.deepEqual([model.isGone(), memory.open], [true, 0]);
});

test("a version that fails leaves the old one serving and says why", async () => {
  const { model, loads } = rig();
  model.want(parseVersionPolicy("latest:1"));
  model.update([found(1)], new Set());
  loads[0]?.settle(true);
  await settled();
  model.update([found(1), found(2)], new Set());
  loads[1]?.settle(false);
  await settled();
  assert.equal(model.ready()?.parts.version, 1);
  assert.equal(model.status().versions[1]?.reason, "broken file");
  assert.equal(loads.length, 2, "a failed version is not tried again while its files stay the same");
});

test("a version whose files are replaced is served by the new files once they are loaded", async () => {
  const { model, loads, memory } = rig();
  model.want(parseVersionPolicy("latest:1"));
  model.update([found(1)], new Set());
  loads[0]?.settle(true);
  await settled();
  model.update([], new Set([1]));
  assert.equal(model.ready()?.parts.digest, "1a", "half written files change nothing");
  model.update([found(1, "b")], new Set());
  loads[1]?.settle(true);
  await settled();
  assert.equal(model.ready()?.parts.digest, "1b");
  assert.equal(memory.open, 1);
});

type Step =
  | { readonly kind: "folder"; readonly versions: readonly number[]; readonly mark: string }
  | { readonly kind: "settle"; readonly ok: boolean; readonly pick: number }
  | { readonly kind: "policy"; readonly policy: string }
  | { readonly kind: "hold" | "release" };

function take(
  step: Step,
  { model, loads, holds }: ReturnType<typeof rig> & { holds: LoadedVersion[] },
): void {
  if (step.kind === "folder") {
    const files = step.versions.map((version) => found(version, step.mark));
    model.update(files, new Set());
  } else if (step.kind === "policy") model.want(parseVersionPolicy(step.policy));
  else if (step.kind === "settle") loads.splice(step.pick % (loads.length || 1), 1)[0]?.settle(step.ok);
  else if (step.kind === "release") holds.pop()?.release();
  else holds.push(...[model.ready()].flatMap((ready) => ready?.acquire() ?? []));
}

test("under random events, what serves is loaded, memory is accounted for, and all ends as the folder says", async () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant("folder" as const),
      versions: fc.uniqueArray(fc.integer({ min: 1, max: 4 })),
      mark: fc.constantFrom("a", "b"),
    }),
    fc.record({ kind: fc.constant("settle" as const), ok: fc.boolean(), pick: fc.nat(5) }),
    fc.record({ kind: fc.constant("hold" as const) }),
    fc.record({ kind: fc.constant("release" as const) }),
    fc.record({
      kind: fc.constant("policy" as const),
      policy: fc.constantFrom("all", "latest:1", "latest:2", "specific:2,3"),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const rigged = { ...rig(), holds: [] as LoadedVersion[] };
      const { model, loads, memory, holds } = rigged;
      model.want(parseVersionPolicy("latest:1"));
      for (const s of steps) {
        take(s, rigged);
        await settled();
        const hasReady = model.status().versions.some((v) => v.state === "ready");
        assert.equal(model.ready() !== undefined, hasReady);
      }
      model.update([], new Set());
      for (const load of loads) load.settle(true);
      for (const hold of holds) hold.release();
      await settled();
      assert.deepEqual([states(model), memory.open], [[], 0]);
    }),
    { numRuns: 300 },
  );
});
