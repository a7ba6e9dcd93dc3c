import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { needs } from "../kit/require.ts";
import { startServer, type TestServer } from "../kit/server.ts";

const run = promisify(execFile);
const skip = needs("build");
const root = mkdtempSync(join(tmpdir(), "sirve-installed-"));
const app = join(root, "app");
const models = resolve("examples/models");
// npm and npx run on the Node of this test, as a user's would on theirs.
const env = { ...process.env, PATH: `${resolve("node_modules/.bin")}:${process.env["PATH"]}` };
let archive = "";

before(async () => {
  if (skip !== false) return;
  const packed = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", root], {
    env,
  });
  const [{ filename } = { filename: "" }] = JSON.parse(packed.stdout) as { filename: string }[];
  archive = join(root, filename);
  mkdirSync(app);
  const install = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", archive];
  await run("npm", install, { cwd: app, env });
});
after(() => rmSync(root, { recursive: true, force: true }));

test("installed in an empty directory with scripts refused, npx sirve tells its version", {
  skip,
}, async (t) => {
  const { stdout } = await run("npx", ["--no-install", "sirve", "--version"], { cwd: app, env });
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  assert.ok(stdout.includes(version), stdout);
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  t.diagnostic(`archive ${megabytes(statSync(archive).size)}, installed ${megabytes(bytesIn(app))}`);
});

test("what is installed serves rows and pictures, and its client asks and types them", { skip }, async () => {
  const server = await startServer({ models, main: join(app, "node_modules/.bin/sirve") });
  try {
    await asksFrom(server);
  } finally {
    assert.equal(await server.stop(), 0, server.output());
  }
});

async function asksFrom({ url }: TestServer): Promise<void> {
  const rows = JSON.parse(readFileSync("examples/data/flights.json", "utf8")) as unknown;
  const program = `import { createClient } from "sirve/client";
const sirve = createClient({ url: ${JSON.stringify(url)} });
const answer = await sirve.predict("flight-delay", { rows: ${JSON.stringify(rows)} });
const version: number = answer.version;
console.log(version, answer.predictions?.length);
`;
  writeFileSync(join(app, "ask.mts"), program);
  writeFileSync(join(app, "handler.mts"), HANDLER);
  const options = [
    "--module",
    "nodenext",
    "--target",
    "es2023",
    "--noEmit",
    "--strict",
    "--skipLibCheck",
    "false",
  ];
  await run(resolve("node_modules/.bin/tsc"), [...options, "ask.mts", "handler.mts"], { cwd: app, env });
  const { stdout } = await run(process.execPath, ["ask.mts"], { cwd: app });
  assert.match(stdout, /^\d+ [1-9]\d*\n$/);
}

/** What docs/handlers.md shows. */
const HANDLER = `import type { Handler } from "sirve/handler";
export default {
  inputs: { text: { dtype: "BYTES", shape: [-1, 1] } },
  outputs: { length: { dtype: "INT32", shape: [-1, 1] } },
  predict: ({ text }) => ({
    length: { shape: text.shape, data: Int32Array.from(text.data, (one: string) => one.length) },
  }),
} satisfies Handler;
`;

/** The same in Python. */
const PYTHON_HANDLER = `
inputs = {"text": {"dtype": "BYTES", "shape": [-1, 1]}}
outputs = {"length": {"dtype": "INT32", "shape": [-1, 1]}}
def predict(inputs, state):
    return {"length": [[len(row[0])] for row in inputs["text"].tolist()]}
`;

test("the built server runs handlers, where code is allowed", { skip: skip || needs("python") }, async () => {
  for (const [model, file, text] of [
    ["lengths", "handler.ts", HANDLER],
    ["python-lengths", "handler.py", PYTHON_HANDLER],
  ] as const) {
    const folder = join(root, "models", model, "1");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const main = join(app, "node_modules/.bin/sirve");
  const server = await startServer({ models: join(root, "models"), main, args: ["--engine-allow-code"] });
  try {
    for (const model of ["lengths", "python-lengths"]) {
      const answer = await fetch(`${server.url}/predict/${model}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ rows: [{ text: "four" }] }),
      });
      assert.deepEqual(((await answer.json()) as { predictions: unknown }).predictions, [{ length: 4 }]);
    }
  } finally {
    assert.equal(await server.stop(), 0, server.output());
  }
});

test("the archive holds the program and its papers, and no source or test", { skip }, () => {
  const top = readdirSync(join(app, "node_modules/sirve"), { recursive: true, encoding: "utf8" });
  assert.ok(top.includes("LICENSE") && top.includes("THIRD-PARTY-NOTICES.md"));
  const foreign = top.filter((path) => /(?<!\.d)\.ts$|\.test\.|^(?:src|test|examples|bench)\//.test(path));
  assert.deepEqual(foreign, []);
});

function bytesIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
