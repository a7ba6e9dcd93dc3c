import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type RegistryApp, withDataFolder, withRegistryApp } from "../kit/registry-app.ts";
import { needs } from "../kit/require.ts";

const issuer = process.env["OIDC_ISSUER"] ?? "";
const audience = process.env["OIDC_AUDIENCE"] ?? "";

/** A token of the real issuer for a client of ours. */
async function tokenFor(scope: string, resource = audience): Promise<string> {
  const answer = await fetch(`${issuer}/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: process.env["OIDC_CLIENT_ID"] ?? "",
      client_secret: process.env["OIDC_CLIENT_SECRET"] ?? "",
      scope,
      resource,
    }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

const SETTINGS = {
  "access.jwtIssuer": issuer,
  "access.jwtAudience": audience,
  "access.jwtRoleClaim": "scope",
};

async function withIssuer(use: (app: RegistryApp) => Promise<void>): Promise<void> {
  await withDataFolder(async (data) => withRegistryApp(data, use, SETTINGS));
}

describe("tokens of a real OpenID Connect issuer", { skip: needs("oidc") }, () => {
  test("a token has the role of its scope, found by the issuer's own discovery document", async () => {
    await withIssuer(async ({ call }) => {
      const me = async (token: string) =>
        call("GET", "/api/v1/me", { headers: { authorization: `Bearer ${token}` } });
      assert.equal((await call("GET", "/api/v1/me")).status, 401);
      const { status, body } = await me(await tokenFor("predictor"));
      assert.equal(status, 200);
      assert.equal(body["role"], "predictor");
      assert.equal(body["id"], "jwt:sirve-test");
      assert.equal((await me(await tokenFor("viewer releaser"))).body["role"], "releaser");
    });
  });

  test("a token for another service, and one that was changed, are refused", async () => {
    await withIssuer(async ({ call }) => {
      const me = async (token: string) =>
        call("GET", "/api/v1/me", { headers: { authorization: `Bearer ${token}` } });
      assert.equal((await me(await tokenFor("admin", "urn:other"))).status, 401);
      const [head, , sign] = (await tokenFor("viewer")).split(".");
      const claims = { iss: issuer, aud: audience, sub: "me", scope: "admin", exp: 9_999_999_999 };
      const forged = [head, Buffer.from(JSON.stringify(claims)).toString("base64url"), sign].join(".");
      assert.equal((await me(forged)).status, 401);
    });
  });

  test("a role too low for an operation is refused, naming the one that is needed", async () => {
    await withIssuer(async ({ call }) => {
      const headers = { authorization: `Bearer ${await tokenFor("viewer")}` };
      const { status, body } = await call("GET", "/api/v1/keys", { headers });
      assert.equal(status, 403);
      assert.equal(body["expected"], "admin");
    });
  });
});
