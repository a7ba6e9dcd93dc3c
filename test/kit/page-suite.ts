import { after, before } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { Flags } from "../../src/config/index.ts";
import { openBrowser, type Visit, visit } from "./browser.ts";
import { withPageScene } from "./page-scene.ts";
import type { RegistryApp } from "./registry-app.ts";
import { needs } from "./require.ts";

/** For the `skip` option of tests of the page. */
export const skipPages: string | false = needs("chromium") || needs("page");

/** What a story has: a person's browser at an address of a real server. */
export interface Story {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly app: RegistryApp;
}

export interface StoryOptions extends Visit {
  /** Path to begin at. */
  readonly path?: string;
  readonly flags?: Flags;
}

/** One browser for the tests of a file; the result runs a story in it. Call it once, at the top. */
export function pageSuite(): (use: (story: Story) => Promise<void>, options?: StoryOptions) => Promise<void> {
  let browser: Browser | undefined;
  before(async () => {
    if (skipPages === false) browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
  });
  return async (use, { path = "/", flags, ...how } = {}) => {
    await withPageScene(async (app) => {
      if (!browser) throw new Error("no browser");
      await visit(browser, app.url + path, async (page, context) => use({ page, context, app }), how);
    }, flags);
  };
}
