import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import type { Handler, ModelHandler } from "./handler.ts";
import { hostPort } from "./host-port.ts";
import type { ScriptCall, ScriptFailure, ScriptFunction } from "./message.ts";

/** Runs a handler in a thread or process: loads it, then makes one call after the other. */
const { path, say, onCall, cpuUs } = hostPort();
const NAMES: readonly ScriptFunction[] = ["predict", "preprocess", "postprocess"];
type AnyHandler = Partial<Handler & ModelHandler>;

try {
  const { default: handler } = (await import(pathToFileURL(path).href)) as { default?: AnyHandler };
  const functions = NAMES.filter((name) => typeof handler?.[name] === "function");
  if (!handler || functions.length === 0) {
    throw new TypeError("its default export has no function predict, preprocess or postprocess");
  }
  const state = await handler.load?.({ folder: dirname(path) });
  onCall((call) => void answer(handler, state, call));
  say({ kind: "loaded", functions, inputs: plain(handler.inputs), outputs: plain(handler.outputs) });
} catch (thrown) {
  say({ kind: "refused", failure: failureOf(thrown) });
}

/** Never rejects. */
async function answer(handler: AnyHandler, state: unknown, { id, name, inputs }: ScriptCall): Promise<void> {
  const beforeUs = cpuUs();
  try {
    const outputs = await handler[name]?.(inputs, state);
    say({ kind: "answered", id, outputs: plain(outputs), cpuUs: cpuUs() - beforeUs });
  } catch (thrown) {
    say({ kind: "failed", id, failure: failureOf(thrown), cpuUs: cpuUs() - beforeUs });
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
