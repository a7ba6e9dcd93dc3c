import assert from "node:assert/strict";
import { test } from "node:test";
import { plainContext } from "../../../test/kit/fake-planes.ts";
import { PlatformError } from "../../base/index.ts";
import type { HttpReply, HttpRequest } from "../../protocols/index.ts";
import type { Idempotency } from "../../registry/index.ts";
import { Replays } from "./replays.ts";

/** A store in memory. */
function memoryStore(): Idempotency {
  const kept = new Map<string, { fingerprint: string; answer?: { status: number; body: string } }>();
  return {
    async begin(id, fingerprint) {
      const found = kept.get(id);
      if (!found) {
        kept.set(id, { fingerprint });
        return { kind: "fresh" };
      }
      if (found.fingerprint !== fingerprint) throw new PlatformError("invalid_argument", "used before");
      return found.answer ? { kind: "answer", ...found.answer } : { kind: "running" };
    },
    async finish(id, status, body) {
      const found = kept.get(id);
      if (found) found.answer = { status, body };
    },
    async forget(id) {
      kept.delete(id);
    },
    close() {},
  };
}

const request = (key?: string, caller = "alice"): HttpRequest => ({
  method: "POST",
  path: "/",
  params: {},
  query: new URLSearchParams(),
  headers: key === undefined ? {} : { "idempotency-key": key },
  body: new Uint8Array(0),
  context: { ...plainContext(), caller: { id: caller, role: "admin", mayUse: () => true } },
});

const counting = () => {
  let calls = 0;
  return async (): Promise<HttpReply> => {
    calls += 1;
    return { status: 201, headers: { etag: '"1"' }, body: `{"call":${calls}}` };
  };
};

test("the same key gives the first answer again, and says so", async () => {
  const replays = new Replays(memoryStore());
  const answer = counting();
  const first = await replays.once("promote", { a: 1 }, request("k"), answer);
  const second = await replays.once("promote", { a: 1 }, request("k"), answer);
  assert.deepEqual(second, { ...first, headers: { etag: '"1"', "idempotent-replayed": "true" } });
});

test("without a key, or of another caller, each request is its own", async () => {
  const replays = new Replays(memoryStore());
  const answer = counting();
  const asked = [request(), request(), request("k", "alice"), request("k", "bob")];
  const bodies: unknown[] = [];
  for (const one of asked) bodies.push((await replays.once("promote", {}, one, answer)).body);
  assert.deepEqual(bodies, ['{"call":1}', '{"call":2}', '{"call":3}', '{"call":4}']);
});

test("the same key with another body or operation is refused", async () => {
  const replays = new Replays(memoryStore());
  await replays.once("promote", { a: 1 }, request("k"), counting());
  await assert.rejects(replays.once("promote", { a: 2 }, request("k"), counting()), {
    code: "invalid_argument",
  });
  await assert.rejects(replays.once("rollback", { a: 1 }, request("k"), counting()), {
    code: "invalid_argument",
  });
});

test("while the first one runs, its repetition is told to come back", async () => {
  const replays = new Replays(memoryStore());
  const { promise, resolve } = Promise.withResolvers<HttpReply>();
  const first = replays.once("promote", {}, request("k"), async () => promise);
  await assert.rejects(replays.once("promote", {}, request("k"), counting()), (error) => {
    assert.ok(error instanceof PlatformError);
    assert.equal(error.code, "already_exists");
    assert.equal(error.details.retryAfterMs, 1000);
    return true;
  });
  resolve({ status: 200, headers: {}, body: "{}" });
  assert.equal((await first).status, 200);
});

test("a request that failed may be tried again", async () => {
  const replays = new Replays(memoryStore());
  const failing = async () => Promise.reject(new PlatformError("unavailable", "later"));
  await assert.rejects(replays.once("promote", {}, request("k"), failing), { code: "unavailable" });
  const { headers } = await replays.once("promote", {}, request("k"), counting());
  assert.equal(headers["idempotent-replayed"], undefined);
});

for (const key of ["", "a b", "ü", "x".repeat(256)]) {
  test(`the key "${key.slice(0, 5)}" of ${key.length} characters is malformed`, async () => {
    const once = new Replays(memoryStore()).once("promote", {}, request(key), counting());
    await assert.rejects(once, { code: "invalid_argument" });
  });
}
