import type { Clock } from "../base/index.ts";
import type { Config } from "../config/index.ts";
import {
  answer,
  type Bill,
  type DataPlaneOptions,
  LoadTests,
  type LoadTestsOptions,
} from "../serving/index.ts";
import type { ModelSource } from "./releases/source.ts";

export interface LoadTestWorld extends Pick<LoadTestsOptions, "load"> {
  readonly config: Config;
  readonly clock: Clock;
  readonly models: DataPlaneOptions["models"];
  readonly bill: Bill;
  readonly plane: DataPlaneOptions;
  readonly find: ModelSource["find"];
}

/** Load tests of the versions of this server, which leave no trace in bills, traces and series. */
export function createLoadTests({
  config,
  clock,
  models,
  bill,
  plane,
  load,
  find,
}: LoadTestWorld): LoadTests {
  const nobodys = { charge: (runUs: number) => bill.chargeNobody(runUs) };
  const untraced = { ...plane, bill: nobodys, startRunRecorder: undefined };
  return new LoadTests({
    find: async (model, version) => find(model, version ?? models.require(model).parts.version),
    bytesOf: (model, version) => models.ready(model, version)?.parts.session.memoryBytes,
    load,
    answer: async (loaded, request, context) => answer(loaded, request, context, untraced),
    deadlineMs: config.scheduler.deadlineMs,
    deadlines: plane.deadlines,
    clock,
    availableBytes: () => process.availableMemory(),
  });
}
