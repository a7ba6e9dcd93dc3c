// The thread of check-thread.ts: checks one file and answers once.
import { parentPort, workerData } from "node:worker_threads";
import { PlatformError } from "../base/index.ts";
import { checkFile } from "./check-file.ts";
import type { CheckAnswer, CheckTask } from "./check-thread.ts";

const { path, limits } = workerData as CheckTask;
parentPort?.postMessage(await answer());

async function answer(): Promise<CheckAnswer> {
  try {
    return { checked: await checkFile(path, limits) };
  } catch (thrown) {
    const { code, message, details } = PlatformError.from(thrown);
    return { code, message, details };
  }
}
