import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { openBrowser, picture, violations, visit } from "../kit/browser.ts";
import { type FakeIssuer, startFakeIssuer } from "../kit/fake-issuer.ts";
import { skipPages as skip } from "../kit/page-suite.ts";
import { withDataFolder, withRegistryApp } from "../kit/registry-app.ts";

let browser: Browser;
let issuer: FakeIssuer;
before(async () => {
  if (skip !== false) return;
  browser = await openBrowser();
  // Another site than the server's, as issuers are: its way back is one between sites.
  issuer = await startFakeIssuer("localhost");
});
after(async () => {
  if (skip !== false) return;
  await browser.close();
  await issuer.close();
});

async function story(use: (page: Page, context: BrowserContext) => Promise<void>): Promise<void> {
  const flags = { "access.jwtIssuer": issuer.url, "access.oidcClientId": "sirve-page" };
  await withDataFolder(async (data) =>
    withRegistryApp(
      data,
      async ({ url }) => visit(browser, `${url}/ui/settings`, async (page, context) => use(page, context)),
      flags,
    ),
  );
}

test("a person signs in with the issuer in a real browser, comes back to where they were, and signs out", {
  skip,
}, async () => {
  await story(async (page, context) => {
    await page.getByRole("link", { name: /Sign in with localhost/ }).click();
    await page.getByRole("link", { name: "Let me in" }).click();
    await page.waitForURL(/\/ui\/settings$/);
    await page.getByText("jwt:ana").first().waitFor();
    const cookies = await context.cookies();
    assert.deepEqual(
      cookies.map(({ name, httpOnly, sameSite }) => [name, httpOnly, sameSite]),
      [["sirve_session", true, "Lax"]],
    );
    assert.equal(await page.evaluate("document.cookie"), "");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("link", { name: /Sign in with localhost/ }).waitFor();
  });
});

test("a person who is refused by the issuer reads why, and may try again", { skip }, async () => {
  await story(async (page) => {
    await page.getByRole("link", { name: /Sign in with localhost/ }).click();
    await page.getByRole("link", { name: "No" }).click();
    await page.getByRole("alert").getByText("access_denied").waitFor();
    assert.deepEqual(await violations(page), []);
    await picture(page, "issuer-refused");
    await page.getByRole("link", { name: /Sign in with localhost/ }).click();
    await page.getByRole("link", { name: "Let me in" }).click();
    await page.waitForURL(/\/ui\/settings$/);
  });
});
