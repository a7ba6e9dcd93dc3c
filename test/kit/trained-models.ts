import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/base/index.ts";
import { runInPythonEnvironment } from "../../src/runtimes/index.ts";
import { type Ran, runSirve } from "./command-line.ts";
import { startServer } from "./server.ts";

/** A model that its own library trained and saved, and what that answers on rows it was not trained on. */
interface Told {
  /** Its file's name. */
  readonly file: string;
  /** What is sent: rows, or whole inputs by name. */
  readonly rows?: readonly unknown[];
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly answers: readonly (readonly number[])[];
}

/** Models that a library trained in the environment that converts them. */
export interface TrainedModels {
  readonly folder: string;
  /** By the model's name. */
  readonly told: Readonly<Record<string, Told>>;
  /** `sirve convert` of a file in `folder`, into a folder of versions. */
  readonly convert: (file: string, ...more: string[]) => Promise<Ran>;
  /** The same of every file that was told of, two at a time: what each printed, by the file. */
  readonly convertAll: (...more: string[]) => Promise<ReadonlyMap<string, Ran>>;
  /** Serves what was converted: the largest difference of each model's answers, relative to values above 1. */
  readonly differences: () => Promise<Record<string, number>>;
  readonly remove: () => void;
}

const TEN_MINUTES = 600_000;

/** Runs `script FOLDER`, which trains, saves and writes answers.json. */
export async function trainModels(script: URL, requirements: string): Promise<TrainedModels> {
  const folder = mkdtempSync(join(tmpdir(), "sirve-trained-"));
  const cache = join(folder, "cache");
  const models = join(folder, "models");
  mkdirSync(models);
  const { code, lines } = await runInPythonEnvironment(
    { requirements, args: [script.pathname, folder] },
    {
      python: "python3",
      environment: process.env,
      cacheDir: cache,
      buildTimeoutMs: TEN_MINUTES,
      timeoutMs: TEN_MINUTES,
      clock: systemClock,
    },
  );
  assert.equal(code, 0, lines.join("\n"));
  const told = JSON.parse(readFileSync(join(folder, "answers.json"), "utf8")) as Record<string, Told>;
  const env = { ...process.env, SIRVE_ENGINE_CACHE_DIR: cache };
  const convert = async (file: string, ...more: string[]) => {
    const out = join(models, file.replace(/\.\w+$/, ""), "1");
    return runSirve(["convert", join(folder, file), "--out", out, ...more], { env });
  };
  return {
    folder,
    told,
    convert,
    convertAll: async (...more) => convertAll(told, async (file) => convert(file, ...more)),
    differences: async () => servedDifferences(models, told),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function convertAll(
  told: TrainedModels["told"],
  convert: (file: string) => Promise<Ran>,
): Promise<ReadonlyMap<string, Ran>> {
  const left = Object.values(told).map(({ file }) => file);
  const ran = new Map<string, Ran>();
  const take = async (): Promise<void> => {
    const file = left.shift();
    if (file === undefined) return;
    ran.set(file, await convert(file));
    await take();
  };
  await Promise.all([take(), take()]);
  return ran;
}

async function servedDifferences(
  models: string,
  told: TrainedModels["told"],
): Promise<Record<string, number>> {
  const server = await startServer({ models, args: ["--log-level", "warn"] });
  try {
    const found: Record<string, number> = {};
    for (const [name, { rows, inputs, answers }] of Object.entries(told)) {
      const body = rows === undefined ? { inputs } : { rows };
      found[name] = largestDifference(await ask(server.url, name, body), answers);
    }
    return found;
  } finally {
    await server.stop();
  }
}

interface Answer {
  readonly predictions?: readonly unknown[];
  readonly outputs?: Readonly<Record<string, readonly unknown[]>>;
}

async function ask(url: string, model: string, body: object): Promise<number[][]> {
  const reply = await fetch(`${url}/predict/${model}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await reply.text();
  assert.equal(reply.status, 200, `${model}: ${text}`);
  const { predictions, outputs = {} } = JSON.parse(text) as Answer;
  return (predictions ?? Object.values(outputs)[0] ?? []).map(numbersOf);
}

/** Numbers of the answer to one row. */
function numbersOf(prediction: unknown): number[] {
  if (Array.isArray(prediction)) return (prediction.flat(9) as unknown[]).map(Number);
  if (typeof prediction !== "object" || prediction === null) return [Number(prediction)];
  const { probabilities } = prediction as { probabilities?: Record<string, number> };
  return (Object.values(probabilities ?? prediction) as unknown[]).flat(9).map(Number);
}

const largestDifference = (got: readonly number[][], expected: Told["answers"]) =>
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
