import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type RegistryApp, withDataFolder, withRegistryApp } from "../kit/registry-app.ts";
import { needs } from "../kit/require.ts";

const issuer = process.env["OIDC_ISSUER"] ?? "";

/** A browser with its cookies, which are told apart by host and port alone. */
class Browser {
  readonly #jar = new Map<string, Map<string, string>>();

  /** Follows redirects until something else is answered. */
  async go(address: string, form?: Readonly<Record<string, string>>): Promise<{ url: URL; text: string }> {
    let url = new URL(address);
    let init: RequestInit = form ? { method: "POST", body: new URLSearchParams(form) } : {};
    for (let count = 0; count < 20; count += 1) {
      const reply = await fetch(url, { ...init, redirect: "manual", headers: { cookie: this.cookies(url) } });
      this.#keep(url, reply.headers.getSetCookie());
      const to = reply.headers.get("location");
      const text = await reply.text();
      if (to === null) return { url, text };
      url = new URL(to, url);
      // The page itself is not built here; where it is gone to is what counts.
      if (url.pathname.startsWith("/ui/")) return { url, text };
      init = {};
    }
    throw new Error(`no end of redirects at ${url.href}`);
  }

  cookies({ host }: URL): string {
    return [...(this.#jar.get(host) ?? [])].map((pair) => pair.join("=")).join("; ");
  }

  #keep({ host }: URL, setCookies: readonly string[]): void {
    const kept = this.#jar.get(host) ?? new Map<string, string>();
    this.#jar.set(host, kept);
    for (const [name, value] of setCookies.map(nameAndValue)) {
      if (value === "") kept.delete(name);
      else kept.set(name, value);
    }
  }
}

function nameAndValue(setCookie: string): [string, string] {
  const [pair = ""] = setCookie.split(";");
  const at = pair.indexOf("=");
  return [pair.slice(0, at), pair.slice(at + 1)];
}

/** Signs in by the issuer's pages as `person`; where the browser is in the end. */
async function signIn(browser: Browser, { url }: RegistryApp, person: string) {
  const start = `${url}/api/v1/session/oidc/start?return=${encodeURIComponent("/ui/models/churn?tab=2")}`;
  let at = await browser.go(start);
  for (const prompt of ["login", "consent"]) {
    const action = /action="([^"]+)"/.exec(at.text)?.[1] ?? "";
    assert.ok(action.startsWith(issuer), at.text.slice(0, 400));
    at = await browser.go(action, { prompt, login: person, password: "any" });
  }
  return at.url;
}

async function withIssuer(
  use: (app: RegistryApp) => Promise<void>,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const flags = { "access.jwtIssuer": issuer, "access.oidcClientId": "sirve-page", ...more };
  await withDataFolder(async (data) => withRegistryApp(data, use, flags));
}

/** Whom the server takes a browser for. */
async function callerOf({ url, call }: RegistryApp, browser: Browser) {
  const headers = { cookie: browser.cookies(new URL(url)) };
  const { body } = await call("GET", "/api/v1/session", { headers });
  return body["caller"] as { readonly id: string; readonly role: string } | null;
}

describe("people of a real OpenID Connect issuer", { skip: needs("oidc") }, () => {
  test("a person signs in by the issuer's pages and has the role that it says", async () => {
    await withIssuer(async (app) => {
      const browser = new Browser();
      const at = await signIn(browser, app, "releaser");
      assert.equal(at.href, `${app.url}/ui/models/churn?tab=2`);
      const caller = await callerOf(app, browser);
      assert.deepEqual([caller?.id, caller?.role], ["jwt:releaser", "releaser"]);
    });
  });

  test("a person without a role here is told so, and is nobody", async () => {
    await withIssuer(async (app) => {
      const browser = new Browser();
      const at = await signIn(browser, app, "visitor");
      assert.equal(at.pathname, "/ui/sign-in");
      assert.match(at.searchParams.get("failed") ?? "", /names no role/);
      assert.equal(at.searchParams.get("to"), "/ui/models/churn?tab=2");
      assert.equal(await callerOf(app, browser), null);
    });
  });

  test("a person who says no at the issuer is back without being signed in", async () => {
    await withIssuer(async (app) => {
      const browser = new Browser();
      const page = await browser.go(`${app.url}/api/v1/session/oidc/start?return=/ui/models`);
      const abort = /href="([^"]+abort)"/.exec(page.text)?.[1] ?? "";
      const at = await browser.go(new URL(abort, page.url).href);
      assert.match(at.url.searchParams.get("failed") ?? "", /access_denied/);
      assert.equal(await callerOf(app, browser), null);
    });
  });
});

/** The same as {@link withIssuer} for a client that shows a secret. */
async function withSecret(secret: string, use: (app: RegistryApp) => Promise<void>): Promise<void> {
  await withDataFolder(async (folder) => {
    const file = join(folder, "secret");
    writeFileSync(file, secret);
    const client = { "access.oidcClientId": "sirve-page-secret", "access.oidcClientSecretFile": file };
    await withIssuer(use, client);
  });
}

describe("a client with a secret at a real OpenID Connect issuer", { skip: needs("oidc") }, () => {
  test("signs people in by the secret in its file", async () => {
    await withSecret("sirve: secret+\n", async (app) => {
      const browser = new Browser();
      await signIn(browser, app, "viewer");
      assert.equal((await callerOf(app, browser))?.role, "viewer");
    });
  });

  test("with a wrong secret it is refused by the issuer, and says so", async () => {
    await withSecret("another", async (app) => {
      const at = await signIn(new Browser(), app, "viewer");
      assert.match(at.searchParams.get("failed") ?? "", /invalid_client/);
    });
  });
});
