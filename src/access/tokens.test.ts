import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { type ErrorCode, PlatformError, systemClock } from "../base/index.ts";
import { Issuer } from "./issuer.ts";
import { Tokens } from "./tokens.ts";

const pair = await generateKeyPair("RS256", { extractable: true });
const stranger = await generateKeyPair("RS256");
let issuer = "";
let server: Server;
let isDown = false;

before(async () => {
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: "k1", alg: "RS256", use: "sig" };
  server = createServer((request, response) => {
    if (isDown) {
      response.writeHead(503).end();
      return;
    }
    const documents = new Map<string, object>([
      ["/.well-known/openid-configuration", { issuer, jwks_uri: `${issuer}/jwks` }],
      ["/jwks", { keys: [jwk] }],
    ]);
    response.end(JSON.stringify(documents.get(request.url ?? "") ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

const tokens = () =>
  new Tokens({
    issuer: new Issuer(issuer, ""),
    audience: "sirve",
    roleClaim: "role",
    modelsClaim: "models",
    clock: systemClock,
  });

const now = () => Math.floor((performance.timeOrigin + performance.now()) / 1000);

interface Draft {
  readonly claims?: JWTPayload;
  readonly header?: { readonly alg?: string; readonly kid?: string };
  readonly key?: Parameters<SignJWT["sign"]>[0];
}

async function token({ claims = {}, header = {}, key = pair.privateKey }: Draft = {}): Promise<string> {
  const good = { iss: issuer, aud: "sirve", sub: "alice", exp: now() + 600, role: "predictor" };
  return await new SignJWT({ ...good, ...claims })
    .setProtectedHeader({ alg: "RS256", kid: "k1", ...header })
    .sign(key);
}

const refused = async (text: string, code: ErrorCode = "unauthenticated") =>
  assert.rejects(
    async () => tokens().callerOf(text),
    (thrown) => thrown instanceof PlatformError && thrown.code === code,
  );

test("a token of the issuer has the role and models of its claims", async () => {
  const caller = await tokens().callerOf(await token({ claims: { models: ["churn*"] } }));
  assert.deepEqual([caller.id, caller.role, caller.models], ["jwt:alice", "predictor", ["churn*"]]);
  assert.deepEqual([caller.mayUse("churn-2"), caller.mayUse("spam")], [true, false]);
});

test("of several roles the highest counts; a scope-like text is a list", async () => {
  assert.equal(
    (await tokens().callerOf(await token({ claims: { role: ["viewer", "releaser", "x"] } }))).role,
    "releaser",
  );
  assert.equal((await tokens().callerOf(await token({ claims: { role: "openid viewer" } }))).role, "viewer");
  await refused(await token({ claims: { role: "boss" } }), "permission_denied");
});

test("a verified token costs no second verification", async () => {
  const known = tokens();
  const text = await token();
  const first = await known.callerOf(text);
  assert.equal(known.callerOf(text), first);
});

test("tokens that are expired, not yet valid, or for or from another are refused", async () => {
  await refused(await token({ claims: { exp: now() - 60 } }));
  await refused(await token({ claims: { nbf: now() + 600 } }));
  await refused(await token({ claims: { aud: "other" } }));
  await refused(await token({ claims: { iss: "https://other.example" } }));
  await refused(await token({ key: stranger.privateKey }));
  await refused(await token({ header: { kid: "../../etc/passwd" } }));
});

test("no signature, and one with the public key as a shared secret, are refused", async () => {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { iss: issuer, aud: "sirve", sub: "mallory", exp: now() + 600, role: "admin" };
  await refused(`${encode({ alg: "none" })}.${encode(claims)}.`);
  const shared = new TextEncoder().encode(await exportSPKI(pair.publicKey));
  await refused(await token({ header: { alg: "HS256" }, key: shared, claims: { role: "admin" } }));
  await refused("a.b.c");
  await refused(`${encode({ alg: "RS256" })}.${"A".repeat(10_000)}.x`);
});

test("an issuer that is down is said to be, and is asked again", async () => {
  const later = tokens();
  isDown = true;
  const text = await token();
  await assert.rejects(
    async () => later.callerOf(text),
    (thrown) => thrown instanceof PlatformError && thrown.code === "unavailable",
  );
  isDown = false;
  assert.equal((await later.callerOf(text)).id, "jwt:alice");
});
