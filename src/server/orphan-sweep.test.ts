import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../test/kit/manual-clock.ts";
import { silentLogger } from "../telemetry/index.ts";
import { OrphanSweep } from "./orphan-sweep.ts";

const HOUR_MS = 3_600_000;
const settled = async () => new Promise(setImmediate);

test("every hour what the registry does not name is swept, after a failure too, until it is stopped", async () => {
  const clock = new ManualClock();
  const swept: string[][] = [];
  const sweep = new OrphanSweep({
    registry: { referencedDigests: async () => new Set(["a"]) },
    artifacts: {
      sweep: async (referenced) => {
        swept.push([...referenced]);
        if (swept.length === 1) throw new Error("the bucket is away");
        return { files: 1, bytes: 2 };
      },
    },
    clock,
    logger: silentLogger,
  });
  clock.advance(HOUR_MS - 1);
  await settled();
  assert.equal(swept.length, 0);
  clock.advance(1);
  await settled();
  clock.advance(HOUR_MS);
  await settled();
  assert.deepEqual(swept, [["a"], ["a"]]);
  await sweep.stop();
  clock.advance(10 * HOUR_MS);
  await settled();
  assert.equal(swept.length, 2);
});
