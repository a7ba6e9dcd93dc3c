import assert from "node:assert/strict";
import { test } from "node:test";
import { picture, violations } from "../kit/browser.ts";
import { pageSuite, skipPages as skip } from "../kit/page-suite.ts";

const story = pageSuite();

test("a person measures a model with two settings and sees what each costs", { skip }, async () => {
  await story(
    async ({ page, app: { call } }) => {
      await page.getByLabel("Seconds").fill("1");
      await page.getByRole("button", { name: "Start" }).click();
      await page.getByText("What was found").waitFor();
      await page.getByLabel("Rows in a run").fill("1");
      await page.getByRole("button", { name: "Start" }).click();
      const second = page.getByRole("row", { name: /^2 / });
      await second.waitFor();
      assert.match(await second.innerText(), /× 1 rows/);
      assert.deepEqual(await violations(page), []);
      await picture(page, "load-test");
      const { body } = await call("GET", "/api/v1/statistics");
      const own = (body["versions"] as { model: string; inferenceCount: number }[]).find(
        ({ model }) => model === "flight-delay",
      );
      assert.equal(own?.inferenceCount, 0, "what serves was not asked");
    },
    { path: "/ui/load/flight-delay" },
  );
});

test("a test that is stopped leaves nothing behind, and the next one runs", { skip }, async () => {
  await story(
    async ({ page }) => {
      await page.getByLabel("Seconds").fill("30");
      await page.getByRole("button", { name: "Start" }).click();
      await page.getByText(/requests per second/).waitFor();
      await page.getByRole("button", { name: "Stop" }).click();
      await page.getByLabel("Seconds").fill("1");
      await page.getByRole("button", { name: "Start" }).click();
      await page.getByText("What was found").waitFor();
    },
    { path: "/ui/load/flight-delay" },
  );
});
