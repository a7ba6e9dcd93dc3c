import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { picture } from "../kit/browser.ts";
import { pageSuite, skipPages as skip } from "../kit/page-suite.ts";

const story = pageSuite();
const row = { state: "KS", international_plan: "no", total_day_minutes: 162.5 };

test("a person promotes a version in spite of its checks, and rolls it back in two clicks", {
  skip,
}, async () => {
  await story(
    async ({ page, app: { predict, call } }) => {
      const answering = async () => (await predict("churn", { rows: [row] })).body["version"];
      await page.getByRole("button", { name: "Promote" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByText("Promote version 2?").waitFor();
      await dialog.getByLabel("Reason").fill("better auc");
      await dialog.getByRole("button", { name: "Promote" }).click();
      await dialog.getByRole("alert").waitFor();
      assert.equal(await answering(), 1, "a failed check changes nothing");
      await dialog.getByRole("checkbox").check();
      await dialog.getByRole("button", { name: "Promote" }).click();
      await page.getByText("churn: version 2 answers").waitFor();
      assert.equal(await answering(), 2);
      await page.getByRole("button", { name: "Roll back" }).click();
      await picture(page, "roll-back");
      await page.getByRole("dialog").getByRole("button", { name: "Roll back" }).click();
      await page.getByText("churn: version 1 answers").waitFor();
      assert.equal(await answering(), 1);
      const { body } = await call("GET", "/api/v1/audit?model=churn&limit=2");
      const [, promoted] = body["entries"] as { details: Record<string, unknown> }[];
      assert.equal(promoted?.details["reason"], "better auc");
    },
    { path: "/ui/models/churn/versions" },
  );
});

test("a bad version is rolled back by the keyboard alone", { skip }, async () => {
  await story(async ({ page, app: { call, predict } }) => {
    await call("POST", "/api/v1/models/churn/promote", { body: { version: 2, force: true } });
    await page.getByRole("link", { name: "churn" }).waitFor();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("churn");
    await page.getByRole("option", { name: "churn" }).waitFor();
    await page.keyboard.press("Enter");
    const rollBack = page.getByRole("button", { name: "Roll back" });
    await rollBack.waitFor();
    await tabTo(page, rollBack);
    await page.keyboard.press("Enter");
    const confirm = page.getByRole("dialog").getByRole("button", { name: "Roll back" });
    await confirm.waitFor();
    await tabTo(page, confirm);
    await page.keyboard.press("Enter");
    await page.getByText("churn: version 1 answers").waitFor();
    assert.equal((await predict("churn", { rows: [row] })).body["version"], 1);
  });
});

/** Goes on by Tab until an element has the focus. */
async function tabTo(page: Page, element: Locator): Promise<void> {
  for (let i = 0; i < 60; i += 1) {
    if (await element.evaluate((one) => one === one.ownerDocument.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail("the keyboard does not reach it");
}

test("what others change is on the page without a reload", { skip }, async () => {
  await story(
    async ({ page, app: { call } }) => {
      await page.getByText("Version 1 answers.").waitFor();
      await page.getByText("live", { exact: true }).waitFor();
      await call("POST", "/api/v1/models/churn/promote", { body: { version: 2, force: true } });
      await page.getByText("Version 2 answers.").waitFor();
    },
    { path: "/ui/models/churn" },
  );
});

test("a person finds out why a model is slow", { skip }, async () => {
  await story(
    async ({ page, app: { predict } }) => {
      const crowd = new AbortController();
      const asking = askUntil(crowd.signal, async () => predict("churn", { rows: [row] }));
      await page
        .getByText(/waits its turn|it waits for its turn|Almost all of the|hardly matters where/)
        .waitFor();
      await page.getByText("waits", { exact: true }).waitFor();
      await picture(page, "why-slow");
      crowd.abort();
      await asking;
    },
    { path: "/ui/models/churn" },
  );
});

test("two versions are compared, and what breaks clients is marked", { skip }, async () => {
  await story(
    async ({ page }) => {
      await page.getByText("breaks clients").first().waitFor();
      await page.getByRole("cell", { name: "0.86" }).waitFor();
      await page.getByLabel("To version").selectOption("1");
      await page.getByText("These versions do not differ").waitFor();
    },
    { path: "/ui/models/churn/compare" },
  );
});

test("a model that fails stands before everything else, with its reason a click away", { skip }, async () => {
  await story(async ({ page, app: { predict } }) => {
    const failing = setInterval(() => void predict("churn", { rows: [{ wrong: 1 }] }), 200);
    try {
      await page.getByRole("link", { name: /churn fails .* times a second/ }).click();
      await page.waitForURL("**/ui/models/churn");
    } finally {
      clearInterval(failing);
    }
  });
});

test("the code on the page is what the server takes", { skip }, async () => {
  await story(
    async ({ page, app: { url } }) => {
      const curl = await page.locator("pre").first().innerText();
      const [, json = ""] = /-d '(.*)'$/s.exec(curl) ?? [];
      const reply = await fetch(`${url}/predict/flight-delay`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: json,
      });
      assert.equal(reply.status, 200, await reply.text());
    },
    { path: "/ui/models/flight-delay/code" },
  );
});

/** Twenty callers at once, until `signal` fires. */
async function askUntil(signal: AbortSignal, ask: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) await Promise.all(Array.from({ length: 20 }, ask));
}
