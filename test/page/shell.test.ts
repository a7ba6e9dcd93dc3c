import assert from "node:assert/strict";
import { test } from "node:test";
import { isAsWideAsScreen, picture, violations } from "../kit/browser.ts";
import { pageSuite, skipPages as skip } from "../kit/page-suite.ts";

const story = pageSuite();

test("the page speaks the language of the browser, and the other one when asked to", { skip }, async () => {
  await story(
    async ({ page }) => {
      await page.getByRole("heading", { name: "Resumen", level: 1 }).waitFor();
      await page.getByLabel("Idioma").selectOption("en");
      await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
      await page.reload();
      await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
      assert.equal(await page.locator("html").getAttribute("lang"), "en");
    },
    { language: "es" },
  );
});

test("search finds a model by the keyboard alone", { skip }, async () => {
  await story(async ({ page }) => {
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("fash");
    await page.getByRole("option", { name: "fashion" }).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/ui/models/fashion");
  });
});

test("the first key that Tab reaches leads past the navigation", { skip }, async () => {
  await story(async ({ page }) => {
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate("document.activeElement.id"), "content");
  });
});

test("an address that no page has says so and leads home", { skip }, async () => {
  await story(
    async ({ page }) => {
      await page.getByText("There is no page at this address").waitFor();
      await page.getByRole("link", { name: "To the overview" }).click();
      await page.getByRole("heading", { name: "Overview" }).waitFor();
    },
    { path: "/ui/nothing" },
  );
});

/** Every page, and something that is there once it has read what it shows. */
const PAGES = [
  ["/", "Models"],
  ["/ui/models/churn", "What it takes"],
  ["/ui/models/churn/versions", "Lineage"],
  ["/ui/models/churn/compare", "metrics.auc"],
  ["/ui/models/churn/code", "grpcurl"],
  ["/ui/playground/churn", "total_day_minutes"],
  ["/ui/endpoints", "churn-ab"],
  ["/ui/endpoints/churn-ab", "Who answered"],
  ["/ui/load/churn", "Requests at once"],
  ["/ui/activity", "Audit log"],
  ["/ui/settings", "Configuration in force"],
] as const;

for (const theme of ["light", "dark"] as const) {
  test(`${theme}, on a desk and on a phone, axe finds nothing on any page and nothing is too wide`, {
    skip,
  }, async () => {
    await story(
      async ({ page, app: { url, call } }) => {
        const variants = [{ name: "a", target: "churn", weight: 1 }];
        await call("PUT", "/api/v1/endpoints/churn-ab", { body: { variants } });
        for (const [path, shown] of PAGES) {
          await page.setViewportSize({ width: 1280, height: 900 });
          await page.goto(url + path);
          await page.getByText(shown).first().waitFor();
          await picture(page, `desk-${theme}${path.replaceAll("/", "-")}`);
          assert.deepEqual(await violations(page), [], path);
          await page.setViewportSize({ width: 390, height: 844 });
          assert.ok(await isAsWideAsScreen(page), path);
          await picture(page, `phone-${theme}${path.replaceAll("/", "-")}`);
        }
      },
      { theme, flags: { "grpc.port": 19_471 } },
    );
  });
}

test("in Spanish no page falls back to English", { skip }, async () => {
  await story(
    async ({ page, app: { url } }) => {
      for (const [path] of PAGES.filter(([one]) => !one.includes("churn-ab"))) {
        await page.goto(url + path);
        await page.getByRole("heading", { level: 1 }).waitFor();
        const text = await page.locator("main").innerText();
        assert.doesNotMatch(text, /\b(?:Loading|Versions|Settings|Answer|Nothing|Requests)\b/, path);
      }
    },
    { language: "es" },
  );
});
