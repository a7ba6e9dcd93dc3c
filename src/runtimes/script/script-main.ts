import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import type { Handler } from "./handler.ts";
import type { ScriptCall, ScriptData, ScriptFailure, ScriptReply } from "./message.ts";

/** A thread that runs a handler: loads it, then makes one call after the other. */
const { path } = workerData as ScriptData;
const say = (reply: ScriptReply) => parentPort?.postMessage(reply);

try {
  const { default: handler } = (await import(pathToFileURL(path).href)) as { default?: Handler };
  if (typeof handler?.predict !== "function") {
    throw new TypeError("its default export has no function predict");
  }
  const state = await handler.load?.({ folder: dirname(path) });
  parentPort?.on("message", (call: ScriptCall) => void answer(handler, state, call));
  say({ kind: "loaded", inputs: plain(handler.inputs), outputs: plain(handler.outputs) });
} catch (thrown) {
  say({ kind: "refused", failure: failureOf(thrown) });
}

/** Never rejects. */
async function answer(handler: Handler, state: unknown, { id, inputs }: ScriptCall): Promise<void> {
  const before = process.threadCpuUsage();
  const cpuUs = () => {
    const { user, system } = process.threadCpuUsage(before);
    return user + system;
  };
  try {
    const outputs = await handler.predict(inputs, state);
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
