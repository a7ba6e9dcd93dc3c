import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ManualClock } from "../../test/kit/manual-clock.ts";
import { PlatformError } from "../base/index.ts";
import type { Caller } from "../model/index.ts";
import { unknownCredentials } from "./credentials.ts";
import { Seal } from "./seal.ts";
import { Sessions, setCookie } from "./sessions.ts";

const caller: Caller = { id: "key:ab12cd34", role: "releaser", mayUse: () => true };
const secret = "a secret of thirty-two characters or more";

function sessionsOf(clock = new ManualClock(), isGood = () => true, known: string | undefined = secret) {
  return new Sessions({
    secret: known,
    hours: 12,
    clock,
    callerOfKey(id, stamp) {
      if (id === "ab12cd34" && stamp === "feed" && isGood()) return caller;
      throw unknownCredentials();
    },
  });
}

const cookieOf = (value: string) => ({ cookie: `theme=dark; sirve_session=${value}; other=1` });
const isDenied = (thrown: unknown) =>
  thrown instanceof PlatformError &&
  thrown.code === "permission_denied" &&
  thrown.details.field === "X-CSRF-Token";

test("a signed-in browser reads without a proof, and changes with its own only", () => {
  const sessions = sessionsOf();
  const session = sessions.startOfKey("ab12cd34", "feed");
  const other = sessions.startOfKey("ab12cd34", "feed");
  const headers = cookieOf(session.cookie);
  for (const method of ["GET", "HEAD", "OPTIONS"]) assert.equal(sessions.callerOf(headers, method), caller);
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "*"]) {
    assert.throws(() => sessions.callerOf(headers, method), isDenied);
    assert.throws(() => sessions.callerOf({ ...headers, "x-csrf-token": "" }, method), isDenied);
    assert.throws(() => sessions.callerOf({ ...headers, "x-csrf-token": other.proof }, method), isDenied);
    assert.equal(sessions.callerOf({ ...headers, "x-csrf-token": session.proof }, method), caller);
  }
});

test("a session ends with its time, with its key, and when it is given back", () => {
  const clock = new ManualClock();
  let isGood = true;
  const sessions = sessionsOf(clock, () => isGood);
  const [first, second] = [sessions.startOfKey("ab12cd34", "feed"), sessions.startOfKey("ab12cd34", "feed")];
  sessions.end(cookieOf(first.cookie));
  assert.equal(sessions.callerOf(cookieOf(first.cookie), "GET"), undefined);
  assert.equal(sessions.callerOf(cookieOf(second.cookie), "GET"), caller);
  isGood = false;
  assert.equal(sessions.callerOf(cookieOf(second.cookie), "GET"), undefined);
  isGood = true;
  clock.advance(12 * 3_600_000 - 1);
  assert.equal(sessions.callerOf(cookieOf(second.cookie), "GET"), caller);
  clock.advance(2);
  assert.equal(sessions.callerOf(cookieOf(second.cookie), "GET"), undefined);
});

test("a session holds on every server with the same secret, and on no other", () => {
  const { cookie, proof } = sessionsOf().startOfKey("ab12cd34", "feed");
  const headers = { ...cookieOf(cookie), "x-csrf-token": proof };
  assert.equal(sessionsOf().callerOf(headers, "POST"), caller);
  assert.equal(sessionsOf(undefined, undefined, `${secret}!`).callerOf(headers, "POST"), undefined);
  const alone = new Sessions({ hours: 12, clock: new ManualClock(), callerOfKey: () => caller });
  assert.equal(alone.callerOf(headers, "POST"), undefined);
});

test("the session of a token holds its role and models until it ends", () => {
  const clock = new ManualClock();
  const sessions = sessionsOf(clock);
  const token: Caller = { id: "jwt:ana", role: "viewer", models: ["churn*"], mayUse: () => false };
  const { cookie } = sessions.startOfToken(token);
  const found = sessions.callerOf(cookieOf(cookie), "GET");
  assert.equal(found?.id, "jwt:ana");
  assert.equal(found?.role, "viewer");
  assert.ok(found?.mayUse("churn-2") && !found.mayUse("fraud"));
  clock.advance(12 * 3_600_000 + 1);
  assert.equal(sessions.callerOf(cookieOf(cookie), "GET"), undefined);
});

test("a token for more models than fit into a cookie is refused at the sign-in, not forgotten after it", () => {
  const models = Array.from({ length: 400 }, (_, at) => `model-${at}`);
  const token: Caller = { id: "jwt:ana", role: "viewer", models, mayUse: () => true };
  assert.throws(() => sessionsOf().startOfToken(token), /more models than fit into a cookie/);
});

test("no text but a sealed one is a session, whatever it is", () => {
  const sessions = sessionsOf();
  const { cookie } = sessions.startOfKey("ab12cd34", "feed");
  const flip = (at: number) => cookie.slice(0, at) + (cookie[at] === "A" ? "B" : "A") + cookie.slice(at + 1);
  const changed = fc.nat(cookie.length - 2).map(flip);
  const cut = fc.nat(cookie.length - 1).map((length) => cookie.slice(0, length));
  fc.assert(
    fc.property(fc.oneof(changed, cut, fc.string(), fc.base64String({ maxLength: 6000 })), (text) => {
      fc.pre(text !== cookie);
      assert.equal(sessions.callerOf({ cookie: `sirve_session=${text}` }, "GET"), undefined);
    }),
  );
  assert.equal(sessions.callerOf({ cookie: `sirve_session=${"A".repeat(1_000_000)}` }, "GET"), undefined);
});

test("what was sealed for one purpose opens for no other", () => {
  const seal = new Seal(secret);
  const text = seal.seal("session", { id: "x" });
  assert.deepEqual(seal.open("session", text), { id: "x" });
  assert.equal(seal.open("sign-in", text), undefined);
});

test("a cookie is out of reach of scripts and other sites, and over TLS bound to this host", () => {
  const session = sessionsOf().startOfKey("ab12cd34", "feed");
  const plain = setCookie(session, false);
  assert.match(plain, /^sirve_session=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Expires=[^;]+GMT$/);
  assert.match(setCookie(session, true), /^__Host-sirve_session=[^;]+;.*; Secure$/);
  assert.match(setCookie(undefined, false), /^sirve_session=; .*Expires=Thu, 01 Jan 1970/);
});
