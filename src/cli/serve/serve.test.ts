import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, test } from "node:test";
import { ManualClock } from "../../../test/kit/manual-clock.ts";
import type { ModelRows, VersionRow } from "../models-table.ts";
import { addressBox, urlOf } from "./addresses.ts";
import { exampleCommands, readExamples } from "./examples.ts";
import { followLoads, loadReporter } from "./follow-loads.ts";

const root = mkdtempSync(join(tmpdir(), "sirve-serve-"));
after(() => rmSync(root, { recursive: true }));

test("an address is shown as a client on this machine reaches it", () => {
  const table: [host: string, url: string][] = [
    ["127.0.0.1", "http://127.0.0.1:80"],
    ["0.0.0.0", "http://127.0.0.1:80"],
    ["::", "http://[::1]:80"],
    ["::1", "http://[::1]:80"],
  ];
  assert.equal(urlOf({ host: "127.0.0.1", port: 80 }, true), "https://127.0.0.1:80");
  for (const [host, url] of table) assert.equal(urlOf({ host, port: 80 }, false), url);
});

test("the box names REST, gRPC, page and metrics", () => {
  const box = addressBox(
    "1.0.0",
    { http: { host: "127.0.0.1", port: 8080 }, grpc: { host: "127.0.0.1", port: 9000 } },
    false,
  );
  for (const part of ["127.0.0.1:8080/predict", "127.0.0.1:9000", ":8080/ ", ":8080/metrics"]) {
    assert.ok(box.includes(part), part);
  }
  assert.match(addressBox("1", { http: { host: "::1", port: 1 }, grpc: undefined }, false), /gRPC.*off/);
});

function dataFolder(name: string, requests: unknown): string {
  mkdirSync(join(root, name, "data"), { recursive: true });
  writeFileSync(join(root, name, "data", "requests.json"), JSON.stringify(requests));
  return join(root, name, "models");
}

test("an example is a curl for each model that has one, quoted for the shell", () => {
  const models = dataFolder("it's", { boot: { file: "boot.png", contentType: "image/png" } });
  const [one, ...others] = exampleCommands(
    readExamples(models),
    ["boot", "constructor"],
    "http://127.0.0.1:1",
  );
  assert.deepEqual(others, []);
  const file = relative(process.cwd(), join(root, "it's", "data", "boot.png")).replace("'", "'\\''");
  assert.equal(
    one,
    `curl -s http://127.0.0.1:1/predict/boot -H 'content-type: image/png' --data-binary '@${file}'`,
  );
});

test("examples that are missing or could break out of the shell are refused", () => {
  assert.throws(() => readExamples(join(root, "none", "models")), /no examples/);
  for (const file of ["../x", "a'b", "a b", "$(x)"]) {
    const models = dataFolder("evil", { boot: { file, contentType: "image/png" } });
    assert.throws(() => readExamples(models), /requests\.json is wrong/);
  }
  const models = dataFolder("evil", { boot: { file: "a", contentType: "x' y" } });
  assert.throws(() => readExamples(models), /requests\.json is wrong/);
});

const version = (state: string, more: Partial<VersionRow> = {}): VersionRow => ({
  version: 1,
  state,
  ...more,
});

test("each load is told once when it begins and once when it ends", async () => {
  const clock = new ManualClock();
  const steps: (readonly ModelRows[])[] = [
    [],
    [{ model: "a", versions: [version("loading")] }],
    [{ model: "a", versions: [version("loading")] }],
    [
      { model: "a", versions: [version("ready", { loadMs: 30 })] },
      { model: "b", versions: [version("failed", { reason: "no\u0007 file" })] },
    ],
  ];
  let step = 0;
  const lines: string[] = [];
  const following = followLoads(
    { isReady: () => step === steps.length - 1, list: () => steps[step] ?? [] },
    loadReporter((text) => lines.push(text), false),
    { clock, isOver: () => false },
  );
  while (step < steps.length - 1) {
    step += 1;
    clock.advance(25);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await following;
  assert.deepEqual(lines, [
    "loading a version 1\n",
    "ready a version 1 in 30 ms\n",
    "failed b version 1: no\\u0007 file\n",
  ]);
});

test("a server that ends while models load ends the following too", async () => {
  await followLoads(
    { isReady: () => false, list: () => [] },
    loadReporter(() => {}, false),
    { clock: new ManualClock(), isOver: () => true },
  );
});

test("on a terminal one line is written over and erased at the end", () => {
  let text = "";
  const reporter = loadReporter((part) => {
    text += part;
  }, true);
  reporter.changed("loading a version 1");
  reporter.progress(1, 2);
  assert.ok(text.startsWith("\u001b[2K█"));
  assert.match(text, /█░+ 1\/2 loading a version 1\r$/);
  reporter.progress(2, 2);
  assert.ok(text.endsWith("\u001b[2K\r"));
});
