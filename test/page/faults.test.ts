import assert from "node:assert/strict";
import { test } from "node:test";
import { startApp } from "../../src/server/index.ts";
import { openBrowser, picture, visit } from "../kit/browser.ts";
import { pageSuite, skipPages as skip } from "../kit/page-suite.ts";
import { registryConfig, withDataFolder } from "../kit/registry-app.ts";

const story = pageSuite();

test("a server that answers 500 leaves a page that says so and goes on once it is well", {
  skip,
}, async () => {
  await story(async ({ page, app: { url } }) => {
    const problem = {
      status: 500,
      contentType: "application/problem+json",
      body: '{"code":"internal","detail":"the disk is gone"}',
    };
    await page.route("**/api/v1/models?*", async (route) => route.fulfill(problem));
    await page.goto(url);
    await page.getByText("the disk is gone").waitFor();
    await picture(page, "error-500");
    await page.unroute("**/api/v1/models?*");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("link", { name: "churn" }).waitFor();
  });
});

test("a server that takes long is waited for, and the page says so", { skip }, async () => {
  await story(async ({ page, app: { url } }) => {
    await page.route("**/api/v1/models?*", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 5000));
      await route.continue();
    });
    await page.goto(url);
    await page.getByText("The server takes long to answer").waitFor();
    await page.getByRole("link", { name: "churn" }).waitFor();
  });
});

test("a server that is down is told, what was seen stays, and its return is noticed", { skip }, async () => {
  await withDataFolder(async (data) => {
    const start = async (port: number) =>
      startApp(registryConfig(data, { "http.port": port }), { version: "0.0.0-test" });
    let app = await start(0);
    const { port } = app.http;
    const browser = await openBrowser();
    try {
      await visit(browser, `http://127.0.0.1:${port}/`, async (page) => {
        await page.getByText("No model is served yet").waitFor();
        await page.getByText("live", { exact: true }).waitFor();
        await app.close();
        await page.getByText("The server does not answer").waitFor();
        assert.ok(await page.getByText("No model is served yet").isVisible());
        await picture(page, "server-down");
        app = await start(port);
        await page.getByText("live", { exact: true }).waitFor({ timeout: 30_000 });
        await page.getByText("The server does not answer").waitFor({ state: "hidden" });
      });
    } finally {
      await browser.close();
      await app.close();
    }
  });
});

test("a page that is opened while no figures come still works", { skip }, async () => {
  await story(async ({ page, app: { url } }) => {
    await page.route("**/api/v1/events*", async (route) => route.abort());
    await page.goto(url);
    await page.getByRole("link", { name: "churn" }).waitFor();
    await page.getByText("The server does not answer").waitFor();
  });
});
