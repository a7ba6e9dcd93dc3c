import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { promisify } from "node:util";
import { needs } from "../kit/require.ts";
import { startServer } from "../kit/server.ts";

const MAIN = "dist/cli/main.js";
const run = promisify(execFile);

test("the built command line tells its version", { skip: needs("build") }, async () => {
  const { stdout } = await run(process.execPath, [MAIN, "--version"]);
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly version: string };
  assert.ok(stdout.includes(version), stdout);
});

test("the built server answers rows, V2 and images, and ends when asked", {
  skip: needs("build"),
}, async () => {
  const server = await startServer({ models: "examples/models", main: MAIN });
  try {
    for (const [path, file, type] of [
      ["/predict/flight-delay", "flights.json", "application/json"],
      ["/predict/fashion", "ankle-boot.png", "image/png"],
    ] as const) {
      const answer = await fetch(server.url + path, {
        method: "POST",
        headers: { "content-type": type },
        body: readFileSync(`examples/data/${file}`),
      });
      assert.equal(answer.status, 200, await answer.text());
    }
    const metadata = await fetch(`${server.url}/v2/models/flight-delay`);
    assert.equal(((await metadata.json()) as { readonly name: string }).name, "flight-delay");
    assert.equal((await fetch(`${server.url}/docs`)).status, 200);
    assert.match(await (await fetch(`${server.url}/ui/models/fashion`)).text(), /<div id="page">/);
  } finally {
    assert.equal(await server.stop(), 0, server.output());
  }
});
