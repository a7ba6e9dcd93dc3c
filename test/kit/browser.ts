import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { CHROMIUM } from "./require.ts";

/** Where tests put pictures of the page, to be looked at. */
const PICTURES = process.env["SIRVE_TEST_PICTURES"];

/** How a person's browser is set up. */
export interface Visit {
  readonly language?: "en" | "es";
  readonly theme?: "light" | "dark";
  /** Of a phone: 390 by 844 pixels. */
  readonly isPhone?: boolean;
}

/** A camera that shows a clock and a microphone that beeps, which the person has allowed. */
const DEVICES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

/** One browser for a file of tests; each visit has a profile of its own. */
export async function openBrowser(): Promise<Browser> {
  const args = ["--no-sandbox", "--lang=en", ...DEVICES];
  return await chromium.launch({ executablePath: CHROMIUM, args });
}

/** Errors of scripts and of the page's policy are errors of the test. */
export async function visit(
  browser: Browser,
  url: string,
  use: (page: Page, context: BrowserContext) => Promise<void>,
  { language = "en", theme = "light", isPhone = false }: Visit = {},
): Promise<void> {
  const context = await browser.newContext({
    locale: language,
    colorScheme: theme,
    viewport: isPhone ? { width: 390, height: 844 } : { width: 1280, height: 900 },
    reducedMotion: "reduce",
  });
  const problems: string[] = [];
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      if (/Content Security Policy|Warning:/.test(message.text())) problems.push(message.text());
    });
    await page.goto(url);
    await use(page, context);
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
  }
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What of the page some people could not use, by the rules of WCAG 2.2 AA that a program can check. */
export async function violations(page: Page): Promise<readonly string[]> {
  // Evaluated, not added as a script: the page's policy allows none from elsewhere.
  await page.evaluate(AXE);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: Axe };
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const found = await axe.run({ runOnly: { type: "tag", values: tags } });
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`),
    );
  });
}

interface Axe {
  run(options: object): Promise<{
    readonly violations: readonly {
      readonly id: string;
      readonly nodes: readonly { readonly html: string }[];
    }[];
  }>;
}

/** Whether everything fits the width of the screen, as one has to scroll a phone sideways otherwise. */
export async function isAsWideAsScreen(page: Page): Promise<boolean> {
  return await page.evaluate(() => {
    const { scrollWidth, clientWidth } = (
      globalThis as unknown as { document: { documentElement: { scrollWidth: number; clientWidth: number } } }
    ).document.documentElement;
    return scrollWidth <= clientWidth;
  });
}

/** A picture of the page for people to look at, where SIRVE_TEST_PICTURES names a folder. */
export async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  await mkdir(PICTURES, { recursive: true });
  await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
}
