import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { isAsWideAsScreen, openBrowser, picture, violations, visit } from "../kit/browser.ts";
import { withPageScene } from "../kit/page-scene.ts";
import { needs } from "../kit/require.ts";

const skip = needs("chromium") || needs("page");
let browser: Browser;
before(async () => {
  if (skip === false) browser = await openBrowser();
});
after(async () => {
  await browser?.close();
});

test("the page speaks the language of the browser, and the other one when asked to", { skip }, async () => {
  await withPageScene(async ({ url }) => {
    await visit(
      browser,
      url,
      async (page) => {
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
});

test("search finds a model by the keyboard alone", { skip }, async () => {
  await withPageScene(async ({ url }) => {
    await visit(browser, url, async (page) => {
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.keyboard.press("/");
      await page.keyboard.type("fash");
      await page.getByRole("option", { name: "fashion" }).waitFor();
      await page.keyboard.press("Enter");
      await page.waitForURL("**/ui/models/fashion");
    });
  });
});

test("an address that no page has says so and leads home", { skip }, async () => {
  await withPageScene(async ({ url }) => {
    await visit(browser, `${url}/ui/nothing`, async (page) => {
      await page.getByText("There is no page at this address").waitFor();
      await page.getByRole("link", { name: "To the overview" }).click();
      await page.getByRole("heading", { name: "Overview" }).waitFor();
      assert.deepEqual(await violations(page), []);
    });
  });
});

for (const theme of ["light", "dark"] as const) {
  test(`on a phone, ${theme}, nothing is wider than the screen and axe finds no violation`, {
    skip,
  }, async () => {
    await withPageScene(async ({ url }) => {
      await visit(
        browser,
        url,
        async (page) => {
          await page.getByText("churn").first().waitFor();
          assert.ok(await isAsWideAsScreen(page));
          assert.deepEqual(await violations(page), []);
          await picture(page, `phone-${theme}`);
        },
        { theme, isPhone: true },
      );
    });
  });
}
