import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ManualClock } from "../../test/kit/manual-clock.ts";
import { PlatformError } from "../base/index.ts";
import { Attempts, networkOf } from "./attempts.ts";
import { unknownCredentials } from "./credentials.ts";

const wrong = async () => Promise.reject(unknownCredentials());
const right = async () => "in";

/** The code with which an attempt ends; "in" if it succeeds. */
async function end(attempts: Attempts, address: string, work: () => Promise<string>): Promise<string> {
  try {
    return await attempts.limit(address, work);
  } catch (thrown) {
    return PlatformError.from(thrown).code;
  }
}

test("after ten wrong guesses an address waits, also with a right one, and another does not", async () => {
  const clock = new ManualClock();
  const attempts = new Attempts(clock);
  for (let count = 0; count < 10; count += 1) {
    assert.equal(await end(attempts, "10.0.0.1", wrong), "unauthenticated");
  }
  assert.equal(await end(attempts, "10.0.0.1", right), "resource_exhausted");
  assert.equal(await end(attempts, "10.0.0.2", right), "in");
  clock.advance(5999);
  assert.equal(await end(attempts, "10.0.0.1", right), "resource_exhausted");
  clock.advance(2);
  assert.equal(await end(attempts, "10.0.0.1", right), "in");
  assert.equal(await end(attempts, "10.0.0.1", wrong), "unauthenticated");
  assert.equal(await end(attempts, "10.0.0.1", wrong), "resource_exhausted");
});

test("whoever waits is told how long, and it is enough", async () => {
  const clock = new ManualClock();
  const attempts = new Attempts(clock);
  for (let count = 0; count < 10; count += 1) await end(attempts, "10.0.0.1", wrong);
  clock.advance(2000);
  const thrown = await attempts.limit("10.0.0.1", right).catch((error: unknown) => error);
  assert.ok(thrown instanceof PlatformError);
  const { retryAfterMs = 0 } = thrown.details;
  assert.ok(retryAfterMs >= 4000 && retryAfterMs <= 4001, `${retryAfterMs} ms`);
  clock.advance(retryAfterMs);
  assert.equal(await end(attempts, "10.0.0.1", right), "in");
});

test("what succeeds, and what fails through no guess, costs nothing", async () => {
  const attempts = new Attempts(new ManualClock());
  const down = async () => Promise.reject(new PlatformError("unavailable", "the issuer is down"));
  for (let count = 0; count < 50; count += 1) {
    assert.equal(await end(attempts, "10.0.0.1", right), "in");
    assert.equal(await end(attempts, "10.0.0.1", down), "unavailable");
  }
});

test("guesses at once count as many", async () => {
  const attempts = new Attempts(new ManualClock());
  const gate = Promise.withResolvers<void>();
  const slow = async () => {
    await gate.promise;
    return await wrong();
  };
  const ends = Array.from({ length: 30 }, async () => end(attempts, "10.0.0.1", slow));
  gate.resolve();
  const codes = await Promise.all(ends);
  assert.equal(codes.filter((code) => code === "unauthenticated").length, 10);
  assert.equal(codes.filter((code) => code === "resource_exhausted").length, 20);
});

test("so many addresses are remembered and no more: the one that failed first is forgotten", async () => {
  const attempts = new Attempts(new ManualClock());
  for (let count = 0; count < 10; count += 1) await end(attempts, "first", wrong);
  for (let count = 0; count < 10_000; count += 1) await end(attempts, `other-${count}`, wrong);
  assert.equal(await end(attempts, "first", wrong), "unauthenticated");
});

test("an IPv6 address counts as its first 64 bits, however it is written", () => {
  assert.equal(networkOf("2001:db8:0:1::7"), networkOf("2001:0DB8:0000:0001:ffff:ffff:ffff:ffff"));
  assert.notEqual(networkOf("2001:db8:0:1::7"), networkOf("2001:db8:0:2::7"));
  assert.equal(networkOf("::ffff:10.0.0.1"), "10.0.0.1");
  assert.equal(networkOf("fe80::1%eth0"), networkOf("fe80::2"));
  assert.equal(networkOf("64:ff9b::10.0.0.1"), networkOf("64:ff9b::"));
  assert.equal(networkOf("::"), networkOf("::1"));
  const group = fc.integer({ min: 0, max: 0xffff });
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
      const long = groups.map((one) => one.toString(16)).join(":");
      // The address bar's way to write it: the longest row of zeros left out.
      const short = new URL(`http://[${long}]`).hostname.slice(1, -1);
      const first = groups.slice(0, 4).map((one) => one.toString(16));
      assert.equal(networkOf(long), first.join(":"));
      assert.equal(networkOf(short), first.join(":"));
    }),
  );
});
