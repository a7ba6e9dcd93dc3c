import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Json, PlatformError, parseJson, writeJson } from "../../base/index.ts";
import type { PredictRequest, PredictResponse } from "../../model/index.ts";
import { decodeNativeJson, encodeNativeJson } from "../../protocols/index.ts";

const schema = z.strictObject({
  tolerance: z
    .strictObject({ absolute: z.number().min(0).default(1e-5), relative: z.number().min(0).default(1e-3) })
    .prefault({}),
  cases: z
    .array(
      z.strictObject({
        request: z.unknown(),
        predictions: z.array(z.unknown()).optional(),
        outputs: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .min(1)
    .max(10_000),
});

/** Rows whose answers are known, as `golden.json` beside a model says them. */
export type Golden = z.infer<typeof schema>;

/** Name of the file within a version. */
export const GOLDEN_FILE = "golden.json";
const MAX_BYTES = 64 * 1024 * 1024;

/** The golden rows in a folder of a version; undefined if it has none. @throws PlatformError `invalid_argument`. */
export async function readGolden(directory: string): Promise<Golden | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(join(directory, GOLDEN_FILE));
  } catch {
    return undefined;
  }
  return parseGolden(bytes);
}

/** @throws PlatformError `invalid_argument`, naming what is wrong in it. */
function parseGolden(bytes: Uint8Array): Golden {
  if (bytes.length > MAX_BYTES) throw wrong(`it has more than ${MAX_BYTES} bytes`);
  let json: unknown;
  try {
    json = parseJson(bytes, { nonFinite: true });
  } catch (thrown) {
    throw wrong(PlatformError.from(thrown).message);
  }
  const read = schema.safeParse(json);
  if (!read.success) throw wrong(z.prettifyError(read.error));
  const empty = read.data.cases.findIndex(({ predictions, outputs }) => !predictions && !outputs);
  if (empty >= 0) throw wrong(`cases[${empty}] says neither predictions nor outputs`);
  return read.data;
}

function wrong(problem: string): PlatformError {
  return new PlatformError("invalid_argument", `${GOLDEN_FILE} is wrong: ${problem}`, {
    field: GOLDEN_FILE,
    expected: '{"cases": [{"request": {"rows": […]}, "predictions": […]}]}',
  });
}

export interface GoldenResult {
  readonly passed: boolean;
  /** One sentence. */
  readonly detail: string;
}

/** Asks every golden row and compares. `ask` answers as `POST /predict/{model}` does. */
export async function checkGolden(
  golden: Golden,
  model: string,
  ask: (request: PredictRequest) => Promise<PredictResponse>,
): Promise<GoldenResult> {
  for (const [i, one] of golden.cases.entries()) {
    const problem = await checkCase(one, { model, ask, tolerance: golden.tolerance });
    if (problem !== undefined) return { passed: false, detail: `golden row ${i + 1}: ${problem}` };
  }
  const count = golden.cases.length;
  return {
    passed: true,
    detail: `${count} golden ${count === 1 ? "request answers" : "requests answer"} as expected`,
  };
}

interface Asked {
  readonly model: string;
  readonly ask: (request: PredictRequest) => Promise<PredictResponse>;
  readonly tolerance: Golden["tolerance"];
}

async function checkCase(
  { request, predictions, outputs }: Golden["cases"][number],
  { model, ask, tolerance }: Asked,
): Promise<string | undefined> {
  const names = outputs && Object.keys(outputs);
  let answer: { readonly predictions?: Json; readonly outputs?: Readonly<Record<string, Json>> };
  try {
    const { payload } = decodeNativeJson(request as Json);
    const response = await ask({ model, payload, ...(names && { outputs: names }) });
    answer = parseJson(Buffer.from(encodeNativeJson(response, names)), { nonFinite: true }) as typeof answer;
  } catch (thrown) {
    return `it failed: ${PlatformError.from(thrown).message}`;
  }
  if (predictions) {
    const problem = differenceOf("predictions", predictions as Json, answer.predictions ?? null, tolerance);
    if (problem !== undefined) return problem;
  }
  return outputs && differenceOf("outputs", outputs as Json, answer.outputs ?? null, tolerance);
}

type Tolerance = Golden["tolerance"];

/** Where two JSON values differ beyond the tolerance, in words; what is not expected is not looked at. */
function differenceOf(path: string, expected: Json, got: Json, tolerance: Tolerance): string | undefined {
  if (typeof expected === "number" && typeof got === "number") return apart(path, expected, got, tolerance);
  if (typeof expected !== "object" || expected === null) {
    return expected === got ? undefined : unlike(path, expected, got);
  }
  if (typeof got !== "object" || got === null) return unlike(path, expected, got);
  if (Array.isArray(expected)) return listDifference(path, expected, got, tolerance);
  if (Array.isArray(got)) return unlike(path, expected, got);
  const [wanted, given] = [expected, got] as Readonly<Record<string, Json>>[];
  return firstOf(Object.keys(wanted ?? {}), (name) => {
    return differenceOf(`${path}.${name}`, wanted?.[name] ?? null, given?.[name] ?? null, tolerance);
  });
}

function listDifference(path: string, expected: readonly Json[], got: Json, tolerance: Tolerance) {
  if (!Array.isArray(got) || got.length !== expected.length) return unlike(path, expected, got);
  const items = got as readonly Json[];
  return firstOf(expected.keys(), (i) =>
    differenceOf(`${path}[${i}]`, expected[i] ?? null, items[i] ?? null, tolerance),
  );
}

function apart(path: string, expected: number, got: number, { absolute, relative }: Tolerance) {
  const limit = Math.max(absolute, relative * Math.abs(expected));
  const isNear = Math.abs(expected - got) <= limit || Object.is(expected, got);
  return isNear ? undefined : `${path} is ${got}, expected ${expected} (within ${limit})`;
}

function firstOf<T>(items: Iterable<T>, find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function unlike(path: string, expected: Json, got: Json): string {
  return `${path} is ${writeJson(got).slice(0, 80)}, expected ${writeJson(expected).slice(0, 80)}`;
}
