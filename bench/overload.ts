import { httpLoad, rawRequest } from "./kit/http-load.ts";
import { median, medianInterval, quantile } from "./kit/interval.ts";
import { openLoad } from "./kit/open-load.ts";
import { ForeignLog } from "./kit/paired.ts";
import { circumstances, figure, type Result } from "./kit/report.ts";
import { startNode } from "./kit/server.ts";

const MODEL = "slow-5ms";
const GOOD_MS = 1000;
const BODY = Buffer.from(
  JSON.stringify({
    inputs: [{ name: "x", shape: [1, 256], datatype: "FP32", data: Array.from({ length: 256 }, () => 0.5) }],
  }),
);
const PATH = `/v2/models/${MODEL}/infer`;

/** Answers within a second at ten times the rate that saturates ÷ at the peak. */
export async function overload(rounds: number): Promise<Result> {
  const sirve = await startNode([
    "bench/servers/sirve.ts",
    "test/artifacts/models",
    "scheduler.maxQueueRows=256",
    "scheduler.deadlineMs=1000",
  ]);
  const foreign = new ForeignLog([sirve.pid]);
  const peakRate = async () => {
    const requests = [rawRequest(PATH, BODY)];
    const { answers, seconds } = await httpLoad({ port: sirve.port, connections: 128, seconds: 2, requests });
    return answers / seconds;
  };
  const flood = async (rate: number) => {
    const load = {
      port: sirve.port,
      path: PATH,
      body: BODY,
      headers: {},
      rate,
      seconds: 3,
      maxConnections: 1500,
    };
    const { latenciesMs, refused } = await openLoad(load);
    const good = latenciesMs.filter((ms) => ms <= GOOD_MS);
    return { rate: good.length / 3, p99: quantile(good, 0.99), broken: refused.get(0) ?? 0 };
  };
  const ratios: number[] = [];
  const p99s: number[] = [];
  let broken = 0;
  try {
    await peakRate();
    for (let round = 0; round < rounds; round++) {
      const peak = await foreign.around(peakRate);
      const under = await foreign.around(async () => flood(10 * peak));
      ratios.push(under.rate / peak);
      p99s.push(under.p99);
      broken += under.broken;
    }
    const figures = [
      figure("goodput at 10 × overload ÷ peak", "×", medianInterval(ratios), { atLeast: 0.9 }),
      figure("p99 of the good answers under overload", "ms", medianInterval(p99s)),
      figure("connections broken", "", { value: broken, low: broken, high: broken }, { atMost: 0 }),
    ];
    const note = `the generator shares the machine with the server: median round ${median(ratios).toFixed(2)}`;
    return { name: "overload", ...circumstances(), foreignShare: foreign.share, rounds, figures, note };
  } finally {
    await sirve.stop();
  }
}
