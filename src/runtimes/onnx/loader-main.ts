import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { createSession, type LoadRequest } from "./create-session.ts";
import { openEngine } from "./engine.ts";
import type { LoaderData } from "./loader.ts";

/** Loading yields the CPU to the lanes. On Linux the priority is that of the calling thread alone. */
const NICE = 10;

/** A thread that creates sessions, so that neither the event loop nor a lane waits for that. */
const { libraryPath, env } = workerData as LoaderData;
if (process.platform === "linux") setPriority(0, NICE);
const engine = openEngine(libraryPath, env);

parentPort?.on("message", (request: LoadRequest) => {
  // createSession never rejects.
  void createSession(engine, request).then((reply) => parentPort?.postMessage(reply));
});
