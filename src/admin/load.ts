import { z } from "zod";
import { modelName, timestamp, versionNumber } from "./common.ts";

const figure = (text: string) => z.number().min(0).describe(text);
const known = (text: string) =>
  z.number().min(0).nullable().describe(`${text}; null where nothing ended that tells.`);

/** What one version did in one interval. */
const versionLoad = z.strictObject({
  model: modelName,
  version: versionNumber,
  requestsPerSecond: figure("Predictions that ended."),
  failuresPerSecond: figure("Those of them that did not succeed."),
  p50Ms: known("Milliseconds within which half of the predictions were done"),
  p99Ms: known("Milliseconds within which 99 of 100 were done"),
  queueMs: known("Mean wait for a run, in milliseconds"),
  computeMs: known("Mean time of the run, in milliseconds"),
  rowsPerSecond: figure("Rows predicted."),
  rowsPerRun: known("Mean rows of a run"),
  costUs: known("CPU time of the runs for one request, in microseconds"),
  cpus: figure("CPUs that the runs kept busy."),
  inFlight: figure("Predictions under way at the end of the interval."),
  waitingRows: figure("Rows waiting then."),
  memoryBytes: figure("Memory of the engine for the version."),
});

export const loadSample = z.strictObject({
  at: timestamp.describe("End of the interval."),
  versions: z.array(versionLoad).describe("Versions that had something to do."),
});

export type LoadSample = z.infer<typeof loadSample>;
