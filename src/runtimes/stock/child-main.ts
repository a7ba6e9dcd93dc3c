import type { InferenceSession, Tensor as StockTensor } from "onnxruntime-node";
import type { Answer, LoadedAnswer, LoadOrder, Order, RanAnswer, RunOrder, WireTensor } from "./message.ts";
import { STOCK_TYPE, stockTensor, wireOfStock } from "./stock-tensor.ts";

// With it, onnxruntime-node takes FP16 only as a Float16Array, which its native part then misreads.
Reflect.deleteProperty(globalThis, "Float16Array");
const { default: ort } = await import("onnxruntime-node");

/** A process that runs onnxruntime-node for its parent: one order after the other. */
const sessions = new Map<number, InferenceSession>();
let last: Promise<void> = Promise.resolve();

process.on("message", (order: Order) => {
  // obey never rejects.
  last = last.then(() => obey(order));
});
// Without a parent there is nothing to do.
process.on("disconnect", () => process.exit(0));

async function obey(order: Order): Promise<void> {
  try {
    if (order.kind === "load") answer(await load(order));
    else if (order.kind === "run") answer(await run(order));
    else await unload(order.session);
  } catch (thrown) {
    answer({ kind: "failed", message: thrown instanceof Error ? thrown.message : String(thrown) });
  }
}

function answer(message: Answer): void {
  process.send?.(message);
}

async function load({ session: id, path, intraOpThreads }: LoadOrder): Promise<LoadedAnswer> {
  const rssBefore = process.memoryUsage.rss();
  const session = await ort.InferenceSession.create(path, {
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    intraOpNumThreads: intraOpThreads,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  });
  sessions.set(id, session);
  const rssBytes = process.memoryUsage.rss() - rssBefore;
  return { kind: "loaded", rssBytes, inputs: session.inputNames, outputs: session.outputNames };
}

async function unload(id: number): Promise<void> {
  await sessions.get(id)?.release();
  sessions.delete(id);
}

async function run({ session: id, inputs, outputs }: RunOrder): Promise<RanAnswer> {
  const session = sessions.get(id);
  if (!session) throw new Error("the session is not loaded");
  const cpuBefore = cpuUs();
  const feeds: Record<string, StockTensor> = {};
  for (const [name, tensor] of inputs) feeds[name] = stockTensor(ort, tensor);
  const startedMs = performance.now();
  const names = outputs.map(({ name }) => name);
  const results = await session.run(feeds, names);
  const computeUs = (performance.now() - startedMs) * 1000;
  const wire = new Map<string, WireTensor>();
  for (const { name, dtype } of outputs) {
    const result = results[name];
    if (result?.type !== STOCK_TYPE[dtype]) throw new Error(`output "${name}" is not ${dtype}`);
    wire.set(name, wireOfStock(result, dtype));
  }
  return { kind: "ran", outputs: wire, cpuUs: cpuUs() - cpuBefore, computeUs };
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
