// npm run fuzz -- [--cases N] [--seed S] [--from CASE] [--target NAME]… [NAME…]: random and damaged input for every parser.
// A failure names seed and case; the same command with --seed and --from and --cases 1 replays it.
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { TARGETS } from "./targets/index.ts";
import type { FuzzJob } from "./worker.ts";

const HANG_MS = 20_000;
const AT_ONCE = 2;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cases: { type: "string", default: "20000" },
    seed: { type: "string" },
    from: { type: "string", default: "0" },
    target: { type: "string", multiple: true, default: [] },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const [cases, from] = [Number(values.cases), Number(values.from)];
const asked = [...positionals, ...values.target];
const chosen = TARGETS.filter(({ name }) => asked.length === 0 || asked.includes(name));
const unknown = asked.filter((name) => !TARGETS.some((target) => target.name === name));
if (![seed, cases, from].every(Number.isSafeInteger) || unknown.length > 0) {
  const names = TARGETS.map(({ name }) => name).join(", ");
  process.stderr.write(
    `expected integers and targets among ${names}; got ${process.argv.slice(2).join(" ")}\n`,
  );
  process.exit(2);
}

/** Runs one target to its end. @returns what went wrong, or undefined. */
async function fuzz(target: string): Promise<string | undefined> {
  const progress = new SharedArrayBuffer(4);
  const workerData: FuzzJob = { target, seed, from, cases, progress };
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData });
  const started = performance.now();
  const problem = await watch(worker, new Int32Array(progress), target);
  await worker.terminate();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${target}: ${problem ?? `${cases} cases passed`}, seed ${seed}, ${seconds} s\n`);
  return problem;
}

async function watch(worker: Worker, at: Int32Array, target: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let last = -1;
    let since = performance.now();
    const timer = setInterval(() => {
      const now = Atomics.load(at, 0);
      if (now !== last) [last, since] = [now, performance.now()];
      if (performance.now() - since > HANG_MS) finish(`HANG in case ${now}; ${replay(target, now)}`);
    }, 500);
    const finish = (problem?: string) => {
      clearInterval(timer);
      resolve(problem);
    };
    worker.on("message", (message: { failed?: number; problem?: string }) => {
      if (message.failed === undefined) finish();
      else finish(`FAILED in case ${message.failed}; ${replay(target, message.failed)}\n${message.problem}`);
    });
    worker.on("error", (error) =>
      finish(`CRASHED: ${String(error)}; ${replay(target, Atomics.load(at, 0))}`),
    );
    worker.on("exit", (code) => finish(`ENDED with ${code}; ${replay(target, Atomics.load(at, 0))}`));
  });
}

function replay(target: string, index: number): string {
  return `npm run fuzz -- --seed ${seed} --from ${index} --cases 1 ${target}`;
}

const waiting = chosen.map(({ name }) => name);
const problems: string[] = [];
async function lane(): Promise<void> {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const problem = await fuzz(name);
    if (problem !== undefined) problems.push(problem);
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, async () => lane()));
process.stdout.write(`${chosen.length - problems.length} passed, ${problems.length} failed\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
