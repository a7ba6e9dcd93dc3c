import assert from "node:assert/strict";
import { test } from "node:test";
import { needs } from "../../../test/kit/require.ts";
import { backOffMs } from "./back-off.ts";
import { groupUses } from "./process-group.ts";
import { excess } from "./process-watch.ts";

test("a group goes too far by its processes, or by twice its memory", () => {
  const limits = { maxProcesses: 4, maxMemoryBytes: 1000 };
  assert.equal(excess(undefined, limits), undefined);
  assert.equal(excess({ processes: 4, memoryBytes: 2000 }, limits), undefined);
  assert.match(excess({ processes: 5, memoryBytes: 0 }, limits)?.message ?? "", /started 4 processes/);
  assert.match(excess({ processes: 1, memoryBytes: 2001 }, limits)?.message ?? "", /used 2001 bytes/);
  assert.equal(excess({ processes: 1, memoryBytes: 2 ** 50 }, { maxProcesses: 1 }), undefined);
});

test("the processes of this machine are counted by their groups", { skip: needs("python") }, async () => {
  const uses = [...(await groupUses()).values()];
  assert.ok(uses.reduce((sum, { processes }) => sum + processes, 0) > 0);
  assert.ok(uses.some(({ memoryBytes }) => memoryBytes > 1024 * 1024));
});

test("a single crash is made good at once, further ones ever later, up to half a minute", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 50].map(backOffMs), [0, 0, 200, 400, 800, 30_000]);
});
