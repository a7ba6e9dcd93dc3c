import { flightRequests } from "./kit/flight.ts";
import { httpLoad, type LoadResult, rawRequest } from "./kit/http-load.ts";
import { median, medianInterval, quantile } from "./kit/interval.ts";
import { ModelFolder, servingVersion } from "./kit/model-folder.ts";
import { ForeignLog } from "./kit/paired.ts";
import { circumstances, figure, type Result } from "./kit/report.ts";
import { startNode } from "./kit/server.ts";

const MODEL = "flight-delay";
const FILE = "examples/models/flight-delay/1/model.onnx";
const RELOADS_PER_ROUND = 7;
const REST_SECONDS = 3;

/** p99 of steady traffic while versions are replaced again and again ÷ p99 at rest, and how many requests failed. */
export async function reload(rounds: number): Promise<Result> {
  const folder = new ModelFolder();
  folder.add(MODEL, 1, FILE);
  const sirve = await startNode(["bench/servers/sirve.ts", folder.path, "pollMs=100"]);
  const foreign = new ForeignLog([sirve.pid]);
  let version = 1;
  let failures = 0;
  let reloads = 0;
  const p99 = async (during: () => Promise<void>) =>
    foreign.around(async () => {
      const [result] = await Promise.all([traffic(sirve.port), during()]);
      failures += result.failures;
      return quantile(result.latenciesMs, 0.99);
    });
  const replace = async () => {
    for (let i = 0; i < RELOADS_PER_ROUND; i++) {
      folder.add(MODEL, version + 1, FILE);
      while ((await servingVersion(sirve.port, MODEL)) !== version + 1) await pause(20);
      folder.remove(MODEL, version);
      version += 1;
      reloads += 1;
    }
  };
  const ratios: number[] = [];
  try {
    await p99(async () => {});
    for (let round = 0; round < rounds; round++) {
      const [first, second] = round % 2 === 0 ? [replace, idle] : [idle, replace];
      const [a, b] = [await p99(first), await p99(second)];
      ratios.push(first === replace ? a / b : b / a);
    }
    const figures = [
      figure(`p99 during reloads ÷ at rest (${reloads} reloads)`, "×", medianInterval(ratios), {
        atMost: 1.1,
      }),
      figure("failed requests", "", { value: failures, low: failures, high: failures }, { atMost: 0 }),
      figure("worst round", "×", {
        value: Math.max(...ratios),
        low: median(ratios),
        high: Math.max(...ratios),
      }),
    ];
    return { name: "reload", ...circumstances(), foreignShare: foreign.share, rounds, figures };
  } finally {
    await sirve.stop();
    folder.delete();
  }
}

const idle = async () => {};
const pause = async (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function traffic(port: number): Promise<LoadResult> {
  const [native] = flightRequests();
  if (!native) throw new Error("no request");
  const requests = [rawRequest(native.path, native.body, native.headers)];
  return httpLoad({ port, connections: 4, seconds: REST_SECONDS, requests });
}
