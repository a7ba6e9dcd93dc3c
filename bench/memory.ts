import { ModelFolder } from "./kit/model-folder.ts";
import { residentBytes } from "./kit/processes.ts";
import { circumstances, figure, type Result } from "./kit/report.ts";
import { startNode } from "./kit/server.ts";

const MODELS = ["fashion", "flight-delay"] as const;
const CYCLES = 200;
/** Until caches, pools and the compiler have settled. */
const WARM_CYCLES = 30;

/** Resident memory after 200 times loading and unloading a model ÷ before. One process, one figure: no rounds. */
export async function memory(): Promise<Result> {
  const folder = new ModelFolder();
  for (const model of MODELS) folder.add(model, 1, `examples/models/${model}/1/model.onnx`);
  const sirve = await startNode(["bench/servers/sirve.ts", folder.path, "modelControl=explicit"]);
  try {
    await cycle(sirve.port, WARM_CYCLES);
    const before = residentBytes(sirve.pid);
    await cycle(sirve.port, CYCLES);
    const after = residentBytes(sirve.pid);
    const ratio = after / before;
    const figures = [
      figure(`RSS after ${CYCLES} cycles of two models ÷ before`, "×", exact(ratio), { atMost: 1.05 }),
      figure("RSS before", "MiB", exact(before / 2 ** 20)),
      figure("RSS after", "MiB", exact(after / 2 ** 20)),
    ];
    return { name: "memory", ...circumstances(), foreignShare: Number.NaN, rounds: 1, figures };
  } finally {
    await sirve.stop();
    folder.delete();
  }
}

const exact = (value: number) => ({ value, low: value, high: value });

async function cycle(port: number, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    for (const model of MODELS) await post(port, `/api/v1/models/${model}/load`);
    for (const model of MODELS) await post(port, `/api/v1/models/${model}/unload`);
  }
}

async function post(port: number, path: string): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST" });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
}
