import assert from "node:assert/strict";
import { test } from "node:test";
import { picture } from "../kit/browser.ts";
import { pageSuite, skipPages as skip } from "../kit/page-suite.ts";

const story = pageSuite();
const row = { state: "KS", international_plan: "no", total_day_minutes: 162.5 };

test("a person makes an endpoint, moves its weights, and deletes it", { skip }, async () => {
  await story(
    async ({ page, app: { predict, call } }) => {
      await page.getByRole("button", { name: "New endpoint" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Name").fill("churn-ab");
      await dialog.getByLabel("Model", { exact: true }).first().fill("churn@1");
      await dialog.getByLabel("Model", { exact: true }).last().fill("churn@2");
      await dialog.getByRole("button", { name: "New endpoint" }).click();
      await page.waitForURL("**/ui/endpoints/churn-ab");
      for (let i = 0; i < 20; i += 1) await predict("churn-ab", { rows: [row] });
      await page.getByRole("cell", { name: "churn", exact: true }).first().waitFor();
      await page.getByLabel("Weight of a").fill("0");
      await page.getByLabel("Weight of b").fill("100");
      await page.getByText("From the next request on: a 0%, b 100%").waitFor();
      await picture(page, "weights");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("churn-ab has changed").waitFor();
      assert.equal((await predict("churn-ab", { rows: [row] })).body["version"], 2);
      await page.getByRole("button", { name: "Delete" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
      await page.getByText("There is no endpoint yet").waitFor();
      assert.equal((await call("GET", "/api/v1/endpoints/churn-ab")).status, 404);
    },
    { path: "/ui/endpoints" },
  );
});

test("what somebody else has changed meanwhile is not overwritten", { skip }, async () => {
  await story(async ({ page, app: { call, url } }) => {
    const set = async (weight: number) =>
      call("PUT", "/api/v1/endpoints/ab", { body: { variants: [{ name: "a", target: "churn", weight }] } });
    await set(1);
    // The events that tell the page are kept from it: it saves what it saw.
    await page.route("**/api/v1/events*", async (route) => route.abort());
    await page.goto(`${url}/ui/endpoints/ab`);
    await page.getByLabel("Weight of a").waitFor();
    await page.route("**/api/v1/endpoints/ab", async (route) =>
      route.request().method() === "GET" ? route.abort() : route.continue(),
    );
    await set(2);
    await page.getByLabel("Weight of a").fill("50");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Somebody else has changed it meanwhile").waitFor();
    const { body } = await call("GET", "/api/v1/endpoints/ab");
    assert.equal((body["variants"] as { weight: number }[])[0]?.weight, 2);
  });
});

test("a shadow's agreement is on the page", { skip }, async () => {
  await story(async ({ page, app: { call, predict, url } }) => {
    const body = { variants: [{ name: "a", target: "churn@1", weight: 1 }], shadow: { target: "churn@1" } };
    await call("PUT", "/api/v1/endpoints/ab", { body });
    for (let i = 0; i < 10; i += 1) await predict("ab", { rows: [row] });
    await page.goto(`${url}/ui/endpoints/ab`);
    await page.getByText("What the shadow would have said").waitFor();
    await page.getByText("100%").last().waitFor();
  });
});
