/**
 * The engine alone, as onnxruntime-node gives it: runs one model in a loop, at the batch size that
 * costs the least CPU per row. Commands come on standard input: a line "SECONDS BATCH" is answered by
 * a line {"rows":…,"cpuUs":…,"medianUs":…}.
 */
import { createInterface } from "node:readline";
import { InferenceSession, Tensor } from "onnxruntime-node";

const [path = ""] = process.argv.slice(2);
const session = await InferenceSession.create(path, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const width = 256;

process.stdout.write(`${JSON.stringify({ ready: { port: 0 } })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const [seconds = 1, batch = 1] = line.split(" ").map(Number);
  process.stdout.write(`${JSON.stringify(await measure(seconds, batch))}\n`);
}

async function measure(seconds: number, batch: number): Promise<object> {
  const x = new Tensor("float32", new Float32Array(batch * width).fill(0.5), [batch, width]);
  const times: number[] = [];
  const before = process.cpuUsage();
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const at = performance.now();
    await session.run({ x });
    times.push(performance.now() - at);
  }
  const { user, system } = process.cpuUsage(before);
  const sorted = times.toSorted((a, b) => a - b);
  return {
    rows: times.length * batch,
    cpuUs: user + system,
    medianUs: 1000 * (sorted[times.length >> 1] ?? 0),
  };
}
