import assert from "node:assert/strict";
import { test } from "node:test";
import { isAsWideAsScreen, picture, violations } from "../kit/browser.ts";
import { pageSuite, skipPages as skip } from "../kit/page-suite.ts";

const story = pageSuite();
const STOPS = ["api", "online", "metrics", "batching", "revert", "variants", "watch"];

test("each claim of the lecture has a stop that anybody can use, in both languages", { skip }, async () => {
  for (const language of ["en", "es"] as const) {
    await story(
      async ({ page, app: { url } }) => {
        for (const stop of STOPS) {
          await page.goto(`${url}/tour/${stop}`);
          await page.locator("blockquote").waitFor();
          assert.deepEqual(await violations(page), [], stop);
          await page.setViewportSize({ width: 390, height: 844 });
          assert.ok(await isAsWideAsScreen(page), stop);
        }
      },
      { language },
    );
  }
});

test("the stops lead from one to the next and show what they claim", { skip }, async () => {
  await story(
    async ({ page }) => {
      await page.getByRole("button", { name: "Ask it" }).click();
      await page.getByText("Came back").waitFor();
      await picture(page, "tour-api");
      await page.getByRole("link", { name: /^Next/ }).click();
      await page.getByRole("button", { name: "Ask fifty times" }).click();
      await page.getByText("Median, seen from here").waitFor();
      await page.getByRole("link", { name: /^Next/ }).click();
      await page.getByRole("slider").fill("16");
      await page.getByRole("button", { name: "Measure" }).click();
      await page.getByRole("row", { name: /^1 / }).waitFor();
      await page.getByRole("link", { name: /^Next/ }).click();
      await page.getByRole("button", { name: "Compare" }).click();
      await page.getByRole("row", { name: /^joined/ }).waitFor();
    },
    { path: "/tour" },
  );
});

test("versions change under the requests of the page without one that fails", { skip }, async () => {
  await story(
    async ({ page, app: { call } }) => {
      await page.getByRole("button", { name: "Start twenty seconds" }).click();
      await page.getByText(/^\d+ answered, 0 failed$/).waitFor();
      const marks = page.locator("ol > li[title]");
      await marks.nth(5).waitFor();
      await call("POST", "/api/v1/models/churn/promote", { body: { version: 2, force: true } });
      await page.locator('li[title^="version 2"]').nth(5).waitFor();
      await page.getByRole("button", { name: "Roll back" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Roll back" }).click();
      await page.locator('li[title^="version 2"] ~ li[title^="version 1"]').first().waitFor();
      await picture(page, "tour-revert");
      assert.match(await page.getByText(/ answered, /).innerText(), /, 0 failed$/);
    },
    { path: "/tour/revert" },
  );
});
