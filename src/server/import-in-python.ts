import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { PlatformError, systemClock, writeJson } from "../base/index.ts";
import { type Config, cacheFolder, processEnvironment } from "../config/index.ts";
import {
  type Compared,
  type ConversionReport,
  compareTensors,
  type PythonLibrary,
  readComparisons,
  readReport,
  type Verified,
} from "../convert/index.ts";
import { runInPythonEnvironment } from "../runtimes/index.ts";
import { readGivenRows } from "./given-rows.ts";
import { AT_EDGES, differenceText, type Imported } from "./imported.ts";
import { withModelFile } from "./model-file.ts";

/** Longest that opening and converting may take. */
const CONVERT_MS = 600_000;

/** What is converted, and by which library. */
interface PythonImport {
  readonly path: string;
  readonly library: PythonLibrary;
  /** The release that wrote the file, where it tells. */
  readonly version: string | undefined;
  readonly folder: string;
  /** Rows of the user's own to compare on as well. */
  readonly samples: string | undefined;
}

/**
 * Converts a model into `model.onnx` and `model.json` in `folder`, by its own library in a Python of its own, and compares
 * the two.
 *
 * @throws PlatformError if there is no Python, the packages cannot be installed, the model cannot be converted, or the
 *   result differs.
 */
export async function importInPython(config: Config, what: PythonImport): Promise<Imported> {
  const { folder, library } = what;
  await mkdir(folder, { recursive: true });
  const report = await convertInPython(config, what);
  const comparisons = readComparisons(report, folder);
  await removeArrays(folder);
  const compared = await compareAll(config, join(folder, "model.onnx"), comparisons);
  const { version, kind, columns, notes } = report;
  const manifest = {
    manifestVersion: 1,
    description: `${kind} of ${library.name} ${version}`,
    columns: columns.map(({ name, values, isOptional }) => ({
      name,
      ...(values && { values }),
      ...(isOptional && { optional: true }),
    })),
    labels: report.classes,
    origin: `${library.name} ${version}, ${kind}; converted by ${library.converter}, ${differenceText(compared)}`,
  };
  await writeFile(join(folder, "model.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const source = { format: library.name, version, objective: kind };
  const { takes = `${columns.length} columns`, drawn = AT_EDGES } = report;
  return { source, ...compared, notes, takes, drawn };
}

async function convertInPython(config: Config, what: PythonImport): Promise<ConversionReport> {
  const { path, library, version, folder } = what;
  const samples = await samplesFile(what);
  const { code, lines, isTimeout } = await runInPythonEnvironment(
    {
      requirements: library.requirements(version),
      args: [library.program, resolve(path), resolve(folder), ...samples],
    },
    {
      python: config.engine.python,
      environment: processEnvironment(),
      cacheDir: cacheFolder(config, processEnvironment()),
      buildTimeoutMs: config.engine.pythonBuildTimeoutMs,
      timeoutMs: CONVERT_MS,
      clock: systemClock,
    },
  );
  await rm(join(folder, GIVEN), { force: true });
  const reportPath = join(folder, "report.json");
  if (code === 0) {
    const text = await readFile(reportPath, "utf8");
    await rm(reportPath);
    return readReport(text);
  }
  const how = isTimeout ? `did not end in ${CONVERT_MS / 1000} s` : "ended with an error";
  throw new PlatformError("failed_precondition", `converting ${basename(path)} ${how}`, {
    field: basename(path),
    hint: lines.slice(-5).join("\n"),
  });
}

const GIVEN = "given.json";

/** The file that the program reads the user's rows from: numpy's as it is, others as JSON. */
async function samplesFile({ samples, folder }: PythonImport): Promise<string[]> {
  if (samples === undefined) return [];
  const given = await readGivenRows(samples);
  if ("path" in given) return [given.path];
  const text =
    given.kind === "rows"
      ? writeJson({ rows: given.rows, ...(given.cells && { cells: given.cells }) })
      : writeJson({ inputs: Object.fromEntries(given.arrays) });
  await writeFile(join(folder, GIVEN), text);
  return [resolve(folder, GIVEN)];
}

async function removeArrays(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith("compared-"));
  await Promise.all(names.map(async (name) => rm(join(folder, name))));
}

type ComparedModel = Pick<Imported, "verified" | "given">;

async function compareAll(
  config: Config,
  path: string,
  comparisons: readonly Compared[],
): Promise<ComparedModel> {
  return await withModelFile(config, path, async (run) => {
    const none: Verified = { rows: 0, largestError: 0 };
    let [verified, given] = [none, none];
    for (const { isGiven, rows, inputs, expected } of comparisons) {
      const error = compareTensors(await run(inputs), expected);
      const before = isGiven ? given : verified;
      const sum = { rows: before.rows + rows, largestError: Math.max(before.largestError, error) };
      if (isGiven) given = sum;
      else verified = sum;
    }
    return { verified, ...(given.rows > 0 && { given }) };
  });
}
