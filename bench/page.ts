import { existsSync, globSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { type Browser, chromium } from "playwright-core";
import { medianInterval } from "./kit/interval.ts";
import { ModelFolder } from "./kit/model-folder.ts";
import { circumstances, figure, type Result } from "./kit/report.ts";
import { startNode } from "./kit/server.ts";

const CHROMIUM = process.env["SIRVE_TEST_CHROMIUM"] ?? "/usr/bin/chromium";

/** The web page on loopback: what a first visit transfers, and when the first of it is seen. */
export async function page(rounds: number): Promise<Result> {
  if (!existsSync("dist/web/index.html")) throw new Error("the page is not built: npm run build");
  const folder = new ModelFolder();
  folder.add("flight-delay", 1, "examples/models/flight-delay/1/model.onnx");
  const server = await startNode(["bench/servers/sirve.ts", folder.path]);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  const paints: number[] = [];
  const contents: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const { paintMs, contentMs } = await visit(browser, `http://127.0.0.1:${server.port}/`);
      paints.push(paintMs);
      contents.push(contentMs);
    }
  } finally {
    await browser.close();
    await server.stop();
    folder.delete();
  }
  const kilobytes = firstLoadBytes() / 1000;
  const figures = [
    figure("first load, gzip", "kB", { value: kilobytes, low: kilobytes, high: kilobytes }, { atMost: 250 }),
    figure("first paint, empty cache", "ms", medianInterval(paints), { atMost: 1000 }),
    figure("the models are on the page", "ms", medianInterval(contents)),
  ];
  return { name: "page", ...circumstances(), foreignShare: Number.NaN, rounds, figures };
}

/** One visit with a profile of its own, and so with an empty cache. */
async function visit(browser: Browser, url: string) {
  const context = await browser.newContext();
  try {
    const tab = await context.newPage();
    await tab.goto(url);
    await tab.getByRole("link", { name: "flight-delay" }).waitFor();
    const contentMs = await tab.evaluate<number>("performance.now()");
    const paintMs = await tab.evaluate<number>(
      'performance.getEntriesByName("first-contentful-paint")[0].startTime',
    );
    return { paintMs, contentMs };
  } finally {
    await context.close();
  }
}

/** The document and all that it names, which is what a browser fetches before anything is seen. */
export function firstLoadBytes(): number {
  const html = readFileSync("dist/web/index.html");
  const names = [...html.toString("utf8").matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(
    ([, name = ""]) => name,
  );
  const files = [
    html,
    ...names.flatMap((name) => globSync(`dist/web/${name}`)).map((path) => readFileSync(path)),
  ];
  return files.reduce((sum, bytes) => sum + gzipSync(bytes, { level: 9 }).length, 0);
}
