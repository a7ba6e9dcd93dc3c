import assert from "node:assert/strict";
import { test } from "node:test";
import { type RegistryApp, withDataFolder, withRegistryApp } from "../kit/registry-app.ts";

async function withKeys(use: (app: RegistryApp, admin: string) => Promise<void>): Promise<void> {
  await withDataFolder(async (data) =>
    withRegistryApp(data, async (app) => {
      const { body } = await app.call("POST", "/api/v1/keys", { body: { name: "root", role: "admin" } });
      await use(app, String(body["secret"]));
    }),
  );
}

/** A browser with its cookie. */
async function signedIn({ call }: RegistryApp, key: string) {
  const { status, headers, body } = await call("POST", "/api/v1/session", { body: { key } });
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(headers.get("cache-control"), "no-store");
  const [cookie = ""] = (headers.get("set-cookie") ?? "").split(";");
  return { cookie, proof: String(body["csrf"]), body };
}

test("a browser signs in with a key, reads, changes with its proof, and signs out for good", async () => {
  await withKeys(async (app, admin) => {
    const { call } = app;
    const before = await call("GET", "/api/v1/session");
    assert.deepEqual(before.body, { authentication: true, caller: null, csrf: null, oidc: null });
    const { cookie, proof } = await signedIn(app, admin);
    const shown = await call("GET", "/api/v1/session", { headers: { cookie } });
    assert.equal((shown.body["caller"] as { role: string }).role, "admin");
    assert.equal(shown.body["csrf"], proof);
    assert.equal((await call("GET", "/api/v1/keys", { headers: { cookie } })).status, 200);
    const make = async (headers: Record<string, string>) =>
      call("POST", "/api/v1/keys", {
        body: { name: "ana", role: "predictor" },
        headers: { cookie, ...headers },
      });
    const refused = await make({});
    assert.equal(refused.status, 403);
    assert.equal(refused.body["field"], "X-CSRF-Token");
    assert.equal((await make({ "x-csrf-token": proof })).status, 201);
    const out = { cookie, "x-csrf-token": proof };
    assert.equal((await call("DELETE", "/api/v1/session", { headers: { cookie } })).status, 403);
    const left = await call("DELETE", "/api/v1/session", { headers: out });
    assert.equal(left.status, 204);
    assert.match(left.headers.get("set-cookie") ?? "", /1970/);
    assert.equal((await call("GET", "/api/v1/keys", { headers: { cookie } })).status, 401);
  });
});

test("a key that is not known signs nobody in, and one that is revoked ends its sessions", async () => {
  await withKeys(async (app, admin) => {
    const wrong = await app.call("POST", "/api/v1/session", { body: { key: "sirve_nothing" } });
    assert.equal(wrong.status, 401);
    assert.equal(wrong.headers.get("set-cookie"), null);
    const authorization = `Bearer ${admin}`;
    const made = await app.call("POST", "/api/v1/keys", {
      body: { name: "ana", role: "viewer" },
      headers: { authorization },
    });
    const { cookie } = await signedIn(app, String(made.body["secret"]));
    const models = async () => (await app.call("GET", "/api/v1/models", { headers: { cookie } })).status;
    assert.equal(await models(), 200);
    await app.call("DELETE", `/api/v1/keys/${String(made.body["id"])}`, { headers: { authorization } });
    assert.equal(await models(), 401);
    const after = await app.call("GET", "/api/v1/session", { headers: { cookie } });
    assert.equal(after.body["caller"], null);
    assert.match(after.headers.get("set-cookie") ?? "", /1970/);
  });
});

test("who signs in and out is in the audit log", async () => {
  await withKeys(async (app, admin) => {
    const { cookie, proof } = await signedIn(app, admin);
    await app.call("DELETE", "/api/v1/session", { headers: { cookie, "x-csrf-token": proof } });
    const { body } = await app.call("GET", "/api/v1/audit", {
      headers: { authorization: `Bearer ${admin}` },
    });
    const entries = body["entries"] as { action: string; actor: string }[];
    const own = entries.filter(({ action }) => action.startsWith("session."));
    assert.deepEqual(
      own.map(({ action }) => action),
      ["session.end", "session.start"],
    );
    assert.match(own[0]?.actor ?? "", /^key:/);
    assert.equal(own[0]?.actor, own[1]?.actor);
  });
});

test("a key in a header counts more than a cookie, and a foreign page's cookie changes nothing", async () => {
  await withKeys(async (app, admin) => {
    const { cookie, proof } = await signedIn(app, admin);
    const authorization = `Bearer ${admin}`;
    const plain = await app.call("POST", "/api/v1/keys", {
      body: { name: "b", role: "viewer" },
      headers: { cookie, authorization },
    });
    assert.equal(plain.status, 201);
    const foreign = await app.call("POST", "/api/v1/keys", {
      body: { name: "c", role: "viewer" },
      headers: { cookie, "x-csrf-token": proof, origin: "https://evil.example" },
    });
    assert.equal(foreign.status, 403);
    assert.equal(foreign.body["field"], "Origin");
  });
});

test("a server that asks nobody has nothing to sign in to", async () => {
  await withDataFolder(async (data) =>
    withRegistryApp(data, async ({ call }) => {
      const { body } = await call("GET", "/api/v1/session");
      assert.equal(body["authentication"], false);
      assert.equal((body["caller"] as { role: string }).role, "admin");
      const { status } = await call("POST", "/api/v1/session", { body: { key: "x" } });
      assert.equal(status, 400);
    }),
  );
});
