import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import type { Handler, ModelHandler } from "./handler.ts";
import type { ScriptCall, ScriptData, ScriptFailure, ScriptFunction, ScriptReply } from "./message.ts";

/** A thread that runs a handler: loads it, then makes one call after the other. */
const { path } = workerData as ScriptData;
const NAMES: readonly ScriptFunction[] = ["predict", "preprocess", "postprocess"];
type AnyHandler = Partial<Handler & ModelHandler>;
const say = (reply: ScriptReply) => parentPort?.postMessage(reply);

try {
  const { default: handler } = (await import(pathToFileURL(path).href)) as { default?: AnyHandler };
  const functions = NAMES.filter((name) => typeof handler?.[name] === "function");
  if (!handler || functions.length === 0) {
    throw new TypeError("its default export has no function predict, preprocess or postprocess");
  }
  const state = await handler.load?.({ folder: dirname(path) });
  parentPort?.on("message", (call: ScriptCall) => void answer(handler, state, call));
  say({ kind: "loaded", functions, inputs: plain(handler.inputs), outputs: plain(handler.outputs) });
} catch (thrown) {
  say({ kind: "refused", failure: failureOf(thrown) });
}

/** Never rejects. */
async function answer(handler: AnyHandler, state: unknown, { id, name, inputs }: ScriptCall): Promise<void> {
  const before = process.threadCpuUsage();
  const cpuUs = () => {
    const { user, system } = process.threadCpuUsage(before);
    return user + system;
  };
  try {
    const outputs = await handler[name]?.(inputs, state);
    say({ kind: "answered", id, outputs: plain(outputs), cpuUs: cpuUs() });
  } catch (thrown) {
    say({ kind: "failed", id, failure: failureOf(thrown), cpuUs: cpuUs() });
  }
}

/** A copy of shapes and values alone: what else is there may not be cloned. */
function plain<T extends object>(given: Readonly<Record<string, T>> | undefined): Record<string, T> {
  const entries = Object.entries(given ?? {}).map(([name, one]) => [name, { ...one }] as const);
  return Object.fromEntries(entries);
}

function failureOf(thrown: unknown): ScriptFailure {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const isCallers = "code" in error && error.code === "invalid_argument";
  return { message: error.message.slice(0, 2000), stack: (error.stack ?? "").slice(0, 8000), isCallers };
}
