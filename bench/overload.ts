import { httpLoad, type LoadResult } from "./kit/http-load.ts";
import { median, medianInterval, quantile } from "./kit/interval.ts";
import { openLoad } from "./kit/open-load.ts";
import { ForeignLog } from "./kit/paired.ts";
import { exactCpuSeconds } from "./kit/processes.ts";
import { circumstances, type Figure, figure, type Result } from "./kit/report.ts";
import { type Server, startNode } from "./kit/server.ts";
import { tensorRequest } from "./kit/tensor-request.ts";

const MODELS = ["slow-20ms", "slow-5ms"] as const;
/** An answer is good if it comes within this many milliseconds. */
const GOOD_MS = 1000;
const SECONDS = 3;
const ARGUMENTS = ["test/artifacts/models", "scheduler.maxQueueRows=256", "scheduler.deadlineMs=1000"];

interface Pair {
  readonly peak: Round;
  readonly flood: Round;
}

interface Round {
  /** Good answers a second. */
  readonly rate: number;
  /** CPU milliseconds of the server per good answer. */
  readonly cpuMs: number;
  readonly p99: number;
  readonly broken: number;
}

/**
 * Good answers at ten times the rate that saturates ÷ at the peak. The quicker the model, the more
 * refusals there are to one answer, and the more they weigh.
 */
export async function overload(rounds: number): Promise<Result> {
  const sirve = await startNode(["bench/servers/sirve.ts", ...ARGUMENTS]);
  const foreign = new ForeignLog([sirve.pid]);
  const figures: Figure[] = [];
  try {
    for (const model of MODELS) {
      const request = tensorRequest(model, [1, 256]);
      const measured: Pair[] = [];
      await peakOf(sirve, request);
      for (let round = 0; round < rounds; round++) {
        const peak = await foreign.around(async () => peakOf(sirve, request));
        const flood = await foreign.around(async () => floodOf(sirve, request, 10 * peak.rate));
        measured.push({ peak, flood });
      }
      figures.push(...figuresOf(model, measured));
    }
    const note = "the generator runs on the same two cores as the server and takes its share of them";
    return { name: "overload", ...circumstances(), foreignShare: foreign.share, rounds, figures, note };
  } finally {
    await sirve.stop();
  }
}

function figuresOf(model: string, measured: readonly Pair[]): Figure[] {
  const of = (pick: (pair: Pair) => number) => medianInterval(measured.map(pick));
  const broken = measured.reduce((sum, { flood }) => sum + flood.broken, 0);
  return [
    figure(
      `${model}: goodput at 10 × overload ÷ peak, on the clock`,
      "×",
      of((m) => m.flood.rate / m.peak.rate),
      { atLeast: 0.9 },
    ),
    figure(
      `${model}: the same in server CPU per good answer (peak ÷ overload)`,
      "×",
      of((m) => m.peak.cpuMs / m.flood.cpuMs),
    ),
    figure(
      `${model}: p99 of the good answers under overload`,
      "ms",
      of((m) => m.flood.p99),
    ),
    figure(`${model}: connections broken`, "", { value: broken, low: broken, high: broken }, { atMost: 0 }),
  ];
}

async function peakOf(server: Server, request: Uint8Array): Promise<Round> {
  const cpu = exactCpuSeconds(server.pid);
  const load = { port: server.port, connections: 128, seconds: SECONDS, requests: [request] };
  const result: LoadResult = await httpLoad(load);
  return roundOf(result.latenciesMs, exactCpuSeconds(server.pid) - cpu, 0);
}

async function floodOf(server: Server, request: Uint8Array, rate: number): Promise<Round> {
  const cpu = exactCpuSeconds(server.pid);
  const load = { port: server.port, request, rate, seconds: SECONDS, maxConnections: 1500 };
  const { latenciesMs, refused } = await openLoad(load);
  return roundOf(latenciesMs, exactCpuSeconds(server.pid) - cpu, refused.get(0) ?? 0);
}

function roundOf(latenciesMs: readonly number[], cpuSeconds: number, broken: number): Round {
  const good = latenciesMs.filter((ms) => ms <= GOOD_MS);
  const p99 = good.length > 0 ? quantile(good, 0.99) : median([Number.NaN]);
  return { rate: good.length / SECONDS, cpuMs: (1000 * cpuSeconds) / good.length, p99, broken };
}
