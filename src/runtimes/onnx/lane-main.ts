import { parentPort, workerData } from "node:worker_threads";
import { openOrt } from "./ffi.ts";
import { type LaneData, OPENED } from "./lane.ts";
import { makeTimedCall } from "./run-call.ts";

/** A compute lane: makes one native call after another, blocking only this thread. */
const { libraryPath, call } = workerData as LaneData;
const api = openOrt(libraryPath);

parentPort?.on("message", () => {
  makeTimedCall(api, call);
  parentPort?.postMessage(0);
});
parentPort?.postMessage(OPENED);
