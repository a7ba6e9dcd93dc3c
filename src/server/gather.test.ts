import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { Gather } from "./gather.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const chunks = fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 30 });

test("what is gathered is what was added, announced or not", () => {
  fc.assert(
    fc.property(chunks, fc.boolean(), (list, isAnnounced) => {
      const expected = Buffer.concat(list);
      const gather = new Gather(isAnnounced ? expected.length : undefined);
      for (const chunk of list) gather.add(Uint8Array.from(chunk));
      assert.deepEqual(Buffer.from(gather.whole()), expected);
      assert.equal(gather.received, expected.length);
    }),
  );
});

test("a body in tiny chunks takes little more memory than its bytes", () => {
  const bytes = 2_000_000;
  const gather = new Gather(undefined);
  collect();
  const before = process.memoryUsage();
  for (let i = 0; i < bytes; i++) gather.add(Uint8Array.of(i % 251));
  collect();
  const after = process.memoryUsage();
  const held = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  assert.ok(held < 20 * bytes, `${held} bytes held`);
  const whole = gather.whole();
  assert.equal(whole.length, bytes);
  assert.ok(whole.every((byte, i) => byte === i % 251));
});
