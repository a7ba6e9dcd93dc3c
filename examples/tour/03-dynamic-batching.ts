/** The same model and the same clients, once with each request alone and once joined into batches. */
import { readFileSync } from "node:fs";
import { type Demo, demonstrate, prove, say } from "./kit.ts";

const FILE = "examples/models/fashion/1/model.onnx";
const CLIENTS = 48;
const REQUESTS = 20;
const PICTURE = Array.from({ length: 28 }, (_, y) =>
  Array.from({ length: 28 }, (__, x) => ((x * y) % 29) / 28),
);

interface Stats {
  readonly model_stats: readonly { inference_count: number; execution_count: number }[];
}

async function load({ predict, get }: Demo, model: string) {
  const start = performance.now();
  const client = async () => {
    for (let i = 0; i < REQUESTS; i++) {
      const { status } = await predict(model, { inputs: { x: [[PICTURE]] } });
      if (status !== 200) throw new Error(`status ${status}`);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const seconds = (performance.now() - start) / 1000;
  const [stats] = ((await get(`/v2/models/${model}/stats`)) as Stats).model_stats;
  const rows = stats?.inference_count ?? 0;
  const runs = stats?.execution_count ?? 0;
  say(
    `${model}: ${rows} requests in ${runs} runs, ${(rows / runs).toFixed(1)} rows a run, ${(rows / seconds).toFixed(0)} requests a second`,
  );
  return { rows, runs };
}

await demonstrate(
  "3  Dynamic batching off and on",
  (folder) => {
    folder.add("alone", 1, FILE, { batching: { mode: "none" } });
    folder.add("batched", 1, FILE, { batching: { mode: "rows", maxRows: 32 } });
  },
  async (demo) => {
    say(`${CLIENTS} clients, each sends one picture after another (${readFileSync(FILE).length} byte model)`);
    const alone = await load(demo, "alone");
    const batched = await load(demo, "batched");
    prove("without batching each request is a run of its own", alone.rows === alone.runs);
    prove("with batching requests that wait together run together", batched.runs < batched.rows / 2);
    const single = await demo.predict("batched", { inputs: { x: [[PICTURE]] } });
    const same = await demo.predict("alone", { inputs: { x: [[PICTURE]] } });
    const logits = (body: Record<string, unknown>) =>
      (body["outputs"] as { logits: number[][] }).logits.flat();
    const largest = Math.max(...logits(single.body).map((v, i) => Math.abs(v - (logits(same.body)[i] ?? 0))));
    prove(`the answers are the same (largest difference ${largest.toExponential(1)})`, largest < 1e-4);
  },
);
