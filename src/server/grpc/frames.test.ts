import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PlatformError } from "../../base/index.ts";
import { ByteBudget } from "../byte-budget.ts";
import { encodeFrame, FrameReader } from "./frames.ts";
import { encodeMessage } from "./status.ts";
import { parseTimeout } from "./timeout.ts";

const limitsOf = (maxBytes: number) => ({ maxBytes, budget: new ByteBudget(10_000_000) });

function readAll(chunks: readonly Uint8Array[], maxBytes = 1_000_000): Uint8Array[] {
  const messages: Uint8Array[] = [];
  const reader = new FrameReader(limitsOf(maxBytes), ({ bytes }) => messages.push(Uint8Array.from(bytes)));
  // The reader may give the memory of what it copied back.
  for (const chunk of chunks) reader.push(Uint8Array.from(chunk));
  assert.ok(reader.isBetweenMessages);
  reader.release();
  return messages;
}

test("messages come out as they went in, wherever the bytes are cut and however long they are", () => {
  const message = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.integer({ min: 16_000, max: 200_000 }).map((length) => new Uint8Array(length).fill(length % 251)),
  );
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 5 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      (messages, cuts) => {
        const whole = Buffer.concat(messages.flatMap((bytes) => [...encodeFrame(bytes, 1_000_000)]));
        const at = [0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length].toSorted(
          (a, b) => a - b,
        );
        const chunks = at.slice(1).map((end, i) => whole.subarray(at[i], end));
        assert.deepEqual(
          readAll(chunks),
          messages.map((bytes) => Uint8Array.from(bytes)),
        );
      },
    ),
    { numRuns: 200 },
  );
});

test("parts are framed as one message", () => {
  for (const size of [3, 30_000]) {
    const parts = [new Uint8Array(size).fill(1), new Uint8Array(0), new Uint8Array(size).fill(2)];
    assert.deepEqual(readAll(encodeFrame(parts, 1_000_000)), [Uint8Array.from(Buffer.concat(parts))]);
  }
});

test("a message in the middle is not between messages", () => {
  const frame = Buffer.concat(encodeFrame(Buffer.from("hello"), 100));
  for (let cut = 1; cut < frame.length; cut++) {
    const reader = new FrameReader(limitsOf(100), () => assert.fail("not whole"));
    reader.push(frame.subarray(0, cut));
    assert.equal(reader.isBetweenMessages, false, `cut at ${cut}`);
  }
});

test("a message above the limit, or a flag that is none, is refused before its bytes come", () => {
  const push = (...bytes: number[]) => new FrameReader(limitsOf(1000), () => {}).push(Uint8Array.from(bytes));
  assert.throws(() => push(0, 0, 0, 3, 0xe9), { code: "too_large" });
  assert.throws(() => push(0, 0xff, 0xff, 0xff, 0xff), { code: "too_large" });
  assert.throws(() => push(2, 0, 0, 0, 1), { code: "invalid_argument" });
  assert.throws(() => encodeFrame(new Uint8Array(1001), 1000), {
    code: "too_large",
    message: /exceeds gRPC's/,
  });
});

test("any bytes give messages or a refusal, never anything else", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), (chunks) => {
      const reader = new FrameReader(limitsOf(64), () => {});
      try {
        for (const chunk of chunks) reader.push(chunk);
      } catch (error) {
        assert.ok(error instanceof PlatformError);
      }
    }),
  );
});

test("what large messages hold is counted and given back", () => {
  const budget = new ByteBudget(150_000);
  const reader = new FrameReader({ maxBytes: 1_000_000, budget }, () => {});
  const frame = Buffer.concat(encodeFrame(new Uint8Array(100_000), 1_000_000));
  reader.push(frame.subarray(0, 50_000));
  reader.push(frame.subarray(50_000));
  assert.equal(budget.used, 100_000);
  const other = new FrameReader({ maxBytes: 1_000_000, budget }, () => {});
  assert.throws(
    () => {
      other.push(frame.subarray(0, 40_000));
      other.push(frame.subarray(40_000));
    },
    { code: "resource_exhausted" },
  );
  reader.release();
  other.release();
  assert.equal(budget.used, 0);
});

const TIMEOUTS: [string, number | undefined][] = [
  ["1H", 3_600_000],
  ["2M", 120_000],
  ["3S", 3000],
  ["500m", 500],
  ["1500u", 1.5],
  ["99999999n", 99.999999],
  ["0m", 0],
  ["", undefined],
  ["5", undefined],
  ["-1S", undefined],
  ["1.5S", undefined],
  ["123456789m", undefined],
  ["1s", undefined],
];
for (const [header, ms] of TIMEOUTS) {
  test(`grpc-timeout "${header}" is ${ms === undefined ? "refused" : `${ms} ms`}`, () => {
    if (ms === undefined) assert.throws(() => parseTimeout(header), { code: "invalid_argument" });
    else assert.ok(Math.abs((parseTimeout(header) ?? Number.NaN) - ms) < 1e-6);
  });
}

test("a status message is printable ASCII on the wire and decodes to itself", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const encoded = encodeMessage(text);
      assert.match(encoded, /^[\x20-\x7e]*$/);
      assert.equal(decodeURIComponent(encoded), text);
    }),
  );
  assert.ok(encodeMessage("x".repeat(100_000)).length < 5000);
});
