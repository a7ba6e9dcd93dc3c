import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { createSession, type LoadReply } from "./create-session.ts";
import { openEngine } from "./engine.ts";
import { openLibc } from "./ffi.ts";
import { OPENED } from "./lane.ts";
import type { LoaderData, LoaderTask } from "./loader-thread.ts";

/** Loading yields the CPU to the lanes. On Linux the priority is that of the calling thread alone. */
const NICE = 10;

/** A thread that creates and releases sessions, so that neither the event loop nor a lane waits for that. */
const { libraryPath, env } = workerData as LoaderData;
if (process.platform === "linux") setPriority(0, NICE);
const engine = openEngine(libraryPath, env);
let last: Promise<void> = Promise.resolve();

parentPort?.on("message", (task: LoaderTask) => {
  // perform never rejects.
  last = last.then(async () => parentPort?.postMessage(await perform(task)));
});

parentPort?.postMessage(OPENED);

async function perform(task: LoaderTask): Promise<LoadReply | undefined> {
  if (task.kind === "create") return await createSession(engine, task.request);
  engine.api.ReleaseSession(task.session);
  openLibc().trim();
  return undefined;
}
