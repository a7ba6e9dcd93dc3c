import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { needs } from "../../../test/kit/require.ts";
import { handlerOf, row, valuesOf, withPython } from "./python-kit.suite.ts";
import { SHARED_FOLDER, SharedSlot } from "./shared-slot.ts";

test("a slot has no name, holds what was written last, and tells no more than it has", () => {
  const folder = mkdtempSync(join(tmpdir(), "sirve-test-slot-"));
  const slot = SharedSlot.open(folder);
  assert.ok(slot);
  assert.deepEqual(readdirSync(folder), []);
  assert.ok(slot.write([Buffer.from("abc"), Buffer.from("de")]));
  assert.equal(slot.read(5).toString(), "abcde");
  assert.throws(() => slot.read(6), RangeError);
  slot.close();
  assert.ok(!slot.write([Buffer.from("x")]));
  assert.throws(() => slot.read(1), RangeError);
  rmSync(folder, { recursive: true });
});

const places = [
  ["missing", "/no/such/folder"],
  ["present", SHARED_FOLDER],
] as const;

for (const [name, sharedFolder] of places) {
  const skip =
    needs("python") || (name === "present" && !existsSync(SHARED_FOLDER) && "there is no /dev/shm");
  test(`large tensors come back where shared memory is ${name}`, { skip }, async () => {
    await withPython(
      async ({ load }) => {
        const session = await load({ "handler.py": handlerOf('return {"y": inputs["x"]}') });
        const values = Array.from({ length: 100_000 }, (_, i) => i);
        assert.deepEqual(valuesOf((await session.start([row(...values)]).done).outputs), values);
      },
      { sharedFolder },
    );
  });
}
