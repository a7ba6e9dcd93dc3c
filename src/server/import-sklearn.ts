import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { PlatformError, systemClock } from "../base/index.ts";
import { type Config, cacheFolder, processEnvironment } from "../config/index.ts";
import {
  checkError,
  readReport,
  SKLEARN_PROGRAM,
  type SklearnReport,
  sampleOf,
  sklearnRequirements,
} from "../convert/index.ts";
import { runInPythonEnvironment } from "../runtimes/index.ts";
import type { Imported } from "./import-model.ts";
import { withModelFile } from "./model-file.ts";

/** Longest that opening and converting may take. */
const CONVERT_MS = 600_000;

/**
 * Converts a pickled model of scikit-learn into `model.onnx` and `model.json` in `folder`, in a Python of its own that
 * has the release which wrote it, and compares the two.
 *
 * @throws PlatformError if there is no Python, the packages cannot be installed, the model cannot be converted, or the
 *   result differs.
 */
export async function importSklearn(
  config: Config,
  { path, version, folder }: { path: string; version: string; folder: string },
): Promise<Imported> {
  await mkdir(folder, { recursive: true });
  const report = await convertInPython(config, { path, version, folder });
  const modelPath = join(folder, "model.onnx");
  const found = await withModelFile(config, modelPath, async (run) => run(sampleOf(report)));
  const values = found.get(report.checkedOutput)?.data;
  const verified = {
    rows: report.rows,
    largestError: checkError(values instanceof Float32Array ? values : [], report.expected),
  };
  const source = { format: "scikit-learn", version: report.library, objective: report.estimator };
  const { largestError, rows } = verified;
  const manifest = {
    manifestVersion: 1,
    description: `${report.estimator} of scikit-learn ${report.library}`,
    columns: report.columns.map(({ name, values: known }) => ({ name, ...(known && { values: known }) })),
    labels: report.classes,
    origin: `scikit-learn ${report.library}, ${report.estimator}; converted by skl2onnx, differs by at most ${largestError.toExponential(1)} on ${rows} rows`,
  };
  await writeFile(join(folder, "model.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  return { source, verified, notes: [], features: report.columns.length };
}

async function convertInPython(
  config: Config,
  { path, version, folder }: { path: string; version: string; folder: string },
): Promise<SklearnReport> {
  const { code, lines, isTimeout } = await runInPythonEnvironment(
    { requirements: sklearnRequirements(version), args: [SKLEARN_PROGRAM, path, folder] },
    {
      python: config.engine.python,
      environment: processEnvironment(),
      cacheDir: cacheFolder(config, processEnvironment()),
      buildTimeoutMs: config.engine.pythonBuildTimeoutMs,
      timeoutMs: CONVERT_MS,
      clock: systemClock,
    },
  );
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
