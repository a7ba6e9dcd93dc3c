import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { type Engine, openEngine, outAddress, takeFailure } from "./engine.ts";
import { type LoaderData, type LoadReply, type LoadRequest } from "./loader.ts";
import { createSessionOptions, withTexts } from "./session-options.ts";

/** Loading yields the CPU to the lanes. On Linux the priority is that of the calling thread alone. */
const NICE = 10;

/** A thread that creates sessions, so that neither the event loop nor a lane waits for that. */
const { libraryPath, env } = workerData as LoaderData;
if (process.platform === "linux") setPriority(0, NICE);
const opened = openEngine(libraryPath, env);

parentPort?.on("message", (request: LoadRequest) => parentPort?.postMessage(create(opened, request)));

function create(engine: Engine, { path, settings }: LoadRequest): LoadReply {
  const { api, out } = engine;
  const rssBefore = process.memoryUsage.rss();
  try {
    const options = createSessionOptions(engine, settings);
    const status = withTexts([path], (text = 0) => api.CreateSession(engine.env, text, options, out));
    api.ReleaseSessionOptions(options);
    if (status !== 0) return { failure: takeFailure(engine, status) };
    return { session: outAddress(engine), rssBytes: process.memoryUsage.rss() - rssBefore };
  } catch (thrown) {
    return { failure: { code: 0, message: thrown instanceof Error ? thrown.message : "unknown" } };
  }
}
