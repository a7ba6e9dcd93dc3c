import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type FakeIssuer, startFakeIssuer } from "../kit/fake-issuer.ts";
import { type RegistryApp, withDataFolder, withRegistryApp } from "../kit/registry-app.ts";

let issuer: FakeIssuer;
before(async () => {
  issuer = await startFakeIssuer();
});
after(async () => issuer.close());

interface Gone {
  readonly status: number;
  readonly to: string;
  /** Cookies that were set, as a browser sends them back. */
  readonly cookies: readonly string[];
  readonly setCookies: readonly string[];
  readonly text: string;
}

/** Goes to an address as a browser does that follows nothing. */
async function go(address: string, headers: Record<string, string> = {}): Promise<Gone> {
  const reply = await fetch(address, { redirect: "manual", headers });
  const setCookies = reply.headers.getSetCookie();
  assert.equal(reply.headers.get("cache-control"), "no-store");
  return {
    status: reply.status,
    to: reply.headers.get("location") ?? "",
    setCookies,
    cookies: setCookies.filter((one) => !one.includes("=;")).map((one) => one.split(";")[0] ?? ""),
    text: await reply.text(),
  };
}

async function withIssuer(
  use: (app: RegistryApp) => Promise<void>,
  more: Record<string, string> = {},
): Promise<void> {
  issuer.wrong.isDown = false;
  delete issuer.wrong.claims;
  delete issuer.wrong.document;
  delete issuer.wrong.padBytes;
  issuer.redeemed.length = 0;
  const flags = { "access.jwtIssuer": issuer.url, "access.oidcClientId": "sirve-page", ...more };
  await withDataFolder(async (data) => withRegistryApp(data, use, flags));
}

/** Begins; what the browser then has. */
async function begin({ url }: RegistryApp, to = "/ui/models/churn?tab=2") {
  const start = await go(`${url}/api/v1/session/oidc/start?return=${encodeURIComponent(to)}`);
  assert.equal(start.status, 303, start.text);
  const [cookie = ""] = start.cookies;
  return { asked: new URL(start.to), cookie, setCookie: start.setCookies[0] ?? "" };
}

/** Why a browser was sent back to the page where people sign in. */
function failureOf({ status, to, cookies }: Gone): string {
  assert.equal(status, 303);
  assert.deepEqual(cookies, [], "nobody is signed in");
  const page = new URL(to, "http://here.invalid");
  assert.equal(page.origin + page.pathname, "http://here.invalid/ui/sign-in");
  return page.searchParams.get("failed") ?? "";
}

test("a person signs in with the issuer, and is who it says until they sign out", async () => {
  await withIssuer(async (app) => {
    const { body } = await app.call("GET", "/api/v1/session");
    assert.deepEqual(body["oidc"], { issuer: issuer.url, startUrl: "/api/v1/session/oidc/start" });
    const { asked, cookie, setCookie } = await begin(app);
    assert.match(setCookie, /^sirve_sign_in=[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Expires=/);
    const { searchParams } = asked;
    assert.equal(searchParams.get("tenant"), "1");
    assert.equal(searchParams.get("code_challenge_method"), "S256");
    assert.equal(searchParams.get("scope"), "openid");
    assert.equal(searchParams.get("redirect_uri"), `${app.url}/api/v1/session/oidc/callback`);
    const back = await go(issuer.agree(asked.href).href, { cookie });
    assert.deepEqual([back.status, back.to], [303, "/ui/models/churn?tab=2"]);
    const [session = ""] = back.cookies;
    assert.match(session, /^sirve_session=/);
    assert.match(back.setCookies[1] ?? "", /^sirve_sign_in=; .*1970/);
    const shown = await app.call("GET", "/api/v1/session", { headers: { cookie: session } });
    const caller = shown.body["caller"] as Record<string, unknown>;
    assert.deepEqual([caller["id"], caller["role"], caller["isSession"]], ["jwt:ana", "releaser", true]);
    const proof = { cookie: session, "x-csrf-token": String(shown.body["csrf"]) };
    assert.equal((await app.call("GET", "/api/v1/models", { headers: { cookie: session } })).status, 200);
    assert.equal((await app.call("GET", "/api/v1/keys", { headers: { cookie: session } })).status, 403);
    assert.equal((await app.call("DELETE", "/api/v1/session", { headers: proof })).status, 204);
    assert.equal((await app.call("GET", "/api/v1/models", { headers: { cookie: session } })).status, 401);
  });
});

test("a public client shows its name, one with a secret both, the way the issuer wants them", async () => {
  const enter = async (app: RegistryApp) => {
    const { asked, cookie } = await begin(app);
    assert.equal((await go(issuer.agree(asked.href).href, { cookie })).cookies.length, 1);
    const { authorization, form } = issuer.redeemed.at(-1) ?? {};
    return [authorization, form?.get("client_id") ?? null, form?.get("client_secret") ?? null];
  };
  await withIssuer(async (app) => assert.deepEqual(await enter(app), [undefined, "sirve-page", null]));
  await withDataFolder(async (folder) => {
    const file = join(folder, "secret");
    writeFileSync(file, "it's: a secret+\n");
    const more = { "access.oidcClientSecretFile": file };
    await withIssuer(async (app) => {
      const pair = Buffer.from("sirve-page:it%27s%3A+a+secret%2B").toString("base64");
      assert.deepEqual(await enter(app), [`Basic ${pair}`, null, null]);
    }, more);
    await withIssuer(async (app) => {
      issuer.wrong.document = { token_endpoint_auth_methods_supported: ["client_secret_post"] };
      assert.deepEqual(await enter(app), [undefined, "sirve-page", "it's: a secret+"]);
    }, more);
  });
});

test("a sign-in that began on one server ends on another with the same secret, and on no other", async () => {
  await withDataFolder(async (folder) => {
    const file = join(folder, "secret");
    writeFileSync(file, "s".repeat(40));
    const more = { "access.sessionSecretFile": file };
    await withIssuer(async (first) => {
      const { asked, cookie } = await begin(first);
      const at = (url: string) => {
        const back = issuer.agree(asked.href);
        return go(`${url}${back.pathname}${back.search}`, { cookie });
      };
      await withIssuer(async ({ url }) => assert.equal((await at(url)).cookies.length, 1), more);
      await withIssuer(async ({ url }) => assert.match(failureOf(await at(url)), /not begun/));
    }, more);
  });
});

test("only a path of this server is gone to afterwards", async () => {
  await withIssuer(async ({ url }) => {
    const elsewhere = [
      "//evil.example",
      "/\\evil.example",
      "\\\\evil.example",
      "https://evil.example/",
      "javascript:alert(1)",
      "/\t/evil.example",
      "/\n/evil.example",
      " //evil.example",
      "ui",
      "",
      `/${"a".repeat(1000)}`,
      "/ñ",
    ];
    for (const to of elsewhere) {
      const { status, text, cookies } = await go(
        `${url}/api/v1/session/oidc/start?return=${encodeURIComponent(to)}`,
      );
      assert.equal(status, 400, `${JSON.stringify(to)}: ${text}`);
      assert.match(text, /"field":"return"/);
      assert.deepEqual(cookies, []);
    }
    assert.equal((await go(`${url}/api/v1/session/oidc/start`)).status, 303);
  });
});

test("an answer to what this browser did not begin signs nobody in", async () => {
  await withIssuer(async (app) => {
    const { url } = app;
    const [mine, theirs] = [await begin(app), await begin(app)];
    const answer = issuer.agree(theirs.asked.href);
    assert.match(failureOf(await go(answer.href)), /not begun in this browser/);
    assert.match(failureOf(await go(answer.href, { cookie: mine.cookie })), /belongs to another attempt/);
    assert.match(failureOf(await go(answer.href, { cookie: `${theirs.cookie}x` })), /not begun/);
    const moved = issuer.agree(theirs.asked.href);
    moved.searchParams.set("iss", "https://evil.example");
    assert.match(failureOf(await go(moved.href, { cookie: theirs.cookie })), /another issuer answered/);
    const refused = new URL(`${url}/api/v1/session/oidc/callback?error=access_denied`);
    refused.searchParams.set("state", mine.asked.searchParams.get("state") ?? "");
    assert.match(failureOf(await go(refused.href, { cookie: mine.cookie })), /access_denied/);
    refused.searchParams.set("error", "<b>call +1 555 0100</b>");
    assert.doesNotMatch(failureOf(await go(refused.href, { cookie: mine.cookie })), /555/);
    assert.equal(issuer.redeemed.length, 0, "the issuer was not even asked");
  });
});

test("a session's cookie is no beginning of a sign-in, and the other way round", async () => {
  await withIssuer(async (app) => {
    const { asked, cookie } = await begin(app);
    const [, value = ""] = cookie.split("=");
    const models = await app.call("GET", "/api/v1/models", { headers: { cookie: `sirve_session=${value}` } });
    assert.equal(models.status, 401);
    const [session = ""] = (await go(issuer.agree(asked.href).href, { cookie })).cookies;
    const swapped = session.replace("sirve_session", "sirve_sign_in");
    assert.match(failureOf(await go(issuer.agree(asked.href).href, { cookie: swapped })), /not begun/);
  });
});

test("a code is good once, and for whoever began only", async () => {
  await withIssuer(async (app) => {
    const { asked, cookie } = await begin(app);
    const answer = issuer.agree(asked.href).href;
    assert.equal((await go(answer, { cookie })).cookies.length, 1);
    assert.match(failureOf(await go(answer, { cookie })), /did not take its own code: invalid_grant/);
    const other = await begin(app);
    const stolen = issuer.agree(asked.href);
    stolen.searchParams.set("state", other.asked.searchParams.get("state") ?? "");
    assert.match(failureOf(await go(stolen.href, { cookie: other.cookie })), /invalid_grant/);
  });
});

const BAD_CLAIMS: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
  ["of another attempt", { nonce: "other" }, /belongs to another attempt/],
  ["without a nonce", { nonce: undefined }, /belongs to another attempt/],
  ["for another service", { aud: "other" }, /claim aud/],
  ["asked for by another client", { aud: ["sirve-page", "x"], azp: "x" }, /for another client/],
  ["of another issuer", { iss: "https://evil.example" }, /claim iss/],
  ["that has expired", { exp: 1 }, /expired/],
  ["without a role", { role: "visitor" }, /names no role/],
];

for (const [what, claims, expected] of BAD_CLAIMS) {
  test(`an identity token ${what} signs nobody in`, async () => {
    await withIssuer(async (app) => {
      issuer.wrong.claims = claims;
      const { asked, cookie } = await begin(app, "/tour");
      const back = await go(issuer.agree(asked.href).href, { cookie });
      assert.match(failureOf(back), expected);
      assert.match(back.to, /to=%2Ftour$/);
    });
  });
}

test("an issuer that is down, or answers without an end, is said to be, and asked again", async () => {
  await withIssuer(async (app) => {
    const start = `${app.url}/api/v1/session/oidc/start?return=/tour`;
    issuer.wrong.isDown = true;
    assert.match(failureOf(await go(start)), /no good answer/);
    issuer.wrong.isDown = false;
    issuer.wrong.padBytes = 1 << 20;
    assert.match(failureOf(await go(start)), /no good answer/);
    issuer.wrong.padBytes = 0;
    issuer.wrong.document = { issuer: "https://evil.example" };
    assert.match(failureOf(await go(start)), /no good answer/);
    issuer.wrong.document = { authorization_endpoint: "javascript:alert(1)" };
    assert.match(failureOf(await go(start)), /no good answer/);
    delete issuer.wrong.document;
    const { asked, cookie } = await begin(app);
    issuer.wrong.padBytes = 1 << 20;
    assert.match(failureOf(await go(issuer.agree(asked.href).href, { cookie })), /no good answer/);
  });
});

test("an address that fails too often has to wait, with a key as with the issuer", async () => {
  await withIssuer(async (app) => {
    const guess = async (key: string) => app.call("POST", "/api/v1/session", { body: { key } });
    for (let count = 0; count < 10; count += 1) assert.equal((await guess("sirve_nothing")).status, 401);
    const late = await guess("sirve_nothing");
    assert.equal(late.status, 429);
    assert.match(late.headers.get("retry-after") ?? "", /^[1-6]$/);
    const { asked, cookie } = await begin(app);
    assert.match(failureOf(await go(issuer.agree(asked.href).href, { cookie })), /too many failed sign-ins/);
  });
});

test("a browser is sent back to where it came from only if that is a name of this server", async () => {
  await withIssuer(async ({ app: { http } }) => {
    const status = async (host: string) =>
      new Promise<number>((resolve, reject) => {
        const path = "http://localhost/api/v1/session/oidc/start";
        httpRequest({ port: http.port, host: "127.0.0.1", path, headers: { host } })
          .once("response", (reply) => resolve(reply.resume().statusCode ?? 0))
          .once("error", reject)
          .end();
      });
    assert.equal(await status("evil.example"), 403);
    assert.equal(await status("localhost:1"), 303);
  });
});

test("behind a proxy with TLS its address counts, and cookies go over TLS only", async () => {
  const more = { "access.publicUrl": "https://models.example" };
  await withIssuer(async (app) => {
    const { asked, setCookie } = await begin(app);
    assert.equal(
      asked.searchParams.get("redirect_uri"),
      "https://models.example/api/v1/session/oidc/callback",
    );
    assert.match(setCookie, /^__Host-sirve_sign_in=.*; Secure$/);
  }, more);
});

test("a server without an issuer sends nobody anywhere", async () => {
  await withDataFolder(async (data) =>
    withRegistryApp(data, async ({ url }) => {
      for (const path of ["start", "callback?code=x&state=y"]) {
        const { status, text } = await go(`${url}/api/v1/session/oidc/${path}`);
        assert.equal(status, 400);
        assert.match(text, /"code":"failed_precondition"/);
      }
    }),
  );
});
