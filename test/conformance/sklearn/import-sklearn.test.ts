import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { systemClock } from "../../../src/base/index.ts";
import { sklearnRequirements } from "../../../src/convert/index.ts";
import { runInPythonEnvironment } from "../../../src/runtimes/index.ts";
import { runSirve } from "../../kit/command-line.ts";
import { needs } from "../../kit/require.ts";
import { startServer } from "../../kit/server.ts";

const skip = needs("python");
const RELEASE = "1.9.1";
const FIVE_MINUTES = 300_000;
const folder = mkdtempSync(join(tmpdir(), "sirve-sklearn-"));
const cache = join(folder, "cache");
const models = join(folder, "models");
const env = { ...process.env, SIRVE_ENGINE_CACHE_DIR: cache };

interface Told {
  readonly rows: readonly unknown[];
  readonly answers: readonly (readonly number[])[];
}
let told: Record<string, Told> = {};

before(async () => {
  if (skip) return;
  mkdirSync(models);
  const script = new URL("train.py", import.meta.url).pathname;
  const { code, lines } = await runInPythonEnvironment(
    { requirements: sklearnRequirements(RELEASE), args: [script, folder] },
    {
      python: "python3",
      environment: process.env,
      cacheDir: cache,
      buildTimeoutMs: FIVE_MINUTES,
      timeoutMs: FIVE_MINUTES,
      clock: systemClock,
    },
  );
  assert.equal(code, 0, lines.join("\n"));
  told = JSON.parse(readFileSync(join(folder, "answers.json"), "utf8")) as Record<string, Told>;
});
after(() => rmSync(folder, { recursive: true, force: true }));

const convert = async (name: string, ...more: string[]) =>
  runSirve(["convert", join(folder, `${name}.joblib`), "--out", join(models, name, "1"), ...more], { env });

/** Numbers of the answer to one row. */
const numbersOf = (prediction: unknown): number[] => {
  if (typeof prediction !== "object" || prediction === null) return [Number(prediction)];
  const { probabilities } = prediction as { probabilities?: Record<string, number> };
  return Object.values(probabilities ?? prediction)
    .flat()
    .map(Number);
};

async function ask(url: string, model: string, rows: readonly unknown[]): Promise<number[][]> {
  const reply = await fetch(`${url}/predict/${model}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ rows }),
  });
  const text = await reply.text();
  assert.equal(reply.status, 200, `${model}: ${text}`);
  return (JSON.parse(text) as { predictions: unknown[] }).predictions.map(numbersOf);
}

const largestOf = (got: readonly number[][], expected: Told["answers"]) =>
  Math.max(
    ...expected.map((row, i) => {
      assert.equal(got[i]?.length, row.length, JSON.stringify([got[i], row]));
      return Math.max(
        ...row.map(
          (value, j) => Math.abs(value - (got[i]?.[j] ?? Number.NaN)) / Math.max(1, Math.abs(value)),
        ),
      );
    }),
  );

test("models that scikit-learn saved are converted, and served they answer as it does", {
  skip,
}, async (t) => {
  for (const name of Object.keys(told)) {
    const { code, stderr } = await convert(name, "--allow-code");
    assert.equal(code, 0, `${name}: ${stderr}`);
    assert.match(stderr, /read {7}scikit-learn 1\.9\.1, \w+, \d+ columns/);
  }
  const server = await startServer({ models, args: ["--log-level", "warn"] });
  try {
    for (const [name, { rows, answers }] of Object.entries(told)) {
      const error = largestOf(await ask(server.url, name, rows), answers);
      t.diagnostic(`${name}: ${error.toExponential(0)}`);
      assert.ok(error < 1e-5, `${name}: ${error}`);
    }
  } finally {
    await server.stop();
  }
});

test("without --allow-code no pickle is opened, and with it none that calls what no model needs", {
  skip,
}, async () => {
  const refused = await runSirve(
    ["convert", join(folder, "logistic.joblib"), "--out", join(models, "closed")],
    { env },
  );
  assert.match(refused.stderr, /never opened here/);
  assert.match(refused.stderr, /--allow-code/);
  const evil = await convert("evil", "--allow-code");
  assert.equal(evil.code, 1, evil.stderr);
  assert.match(evil.stderr, /was not opened: it names builtins\.exec/);
  assert.ok(!existsSync(join(folder, "attacked")));
});
