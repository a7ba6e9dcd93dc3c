import { flightRequests } from "./kit/flight.ts";
import { httpLoad, type LoadResult, rawRequest } from "./kit/http-load.ts";
import { medianInterval, quantile } from "./kit/interval.ts";
import { ModelFolder, servingVersion } from "./kit/model-folder.ts";
import { ForeignLog } from "./kit/paired.ts";
import { circumstances, figure, type Result } from "./kit/report.ts";
import { startNode } from "./kit/server.ts";

const MODEL = "flight-delay";
const FILE = "examples/models/flight-delay/1/model.onnx";
const RELOADS_PER_ROUND = 7;
/** How often a reload is asked after, as a rule. */
const LOOKS_PER_RELOAD = 15;
const SECONDS = 5;

/** p99 of steady traffic while versions are replaced again and again ÷ p99 at rest, and how many requests failed. */
export async function reload(rounds: number): Promise<Result> {
  const driver = new Driver();
  const sirve = await startNode(["bench/servers/sirve.ts", driver.served.path, "pollMs=100"]);
  const foreign = new ForeignLog([sirve.pid]);
  let failures = 0;
  const p99 = async (during: () => Promise<void>) =>
    foreign.around(async () => {
      const [result] = await Promise.all([traffic(sirve.port), during()]);
      failures += result.failures;
      return quantile(result.latenciesMs, 0.99);
    });
  const busy = async () => p99(async () => driver.replace(sirve.port));
  const rest = async () => p99(async () => driver.rehearse(sirve.port));
  const ratios: number[] = [];
  try {
    await rest();
    for (let round = 0; round < rounds; round++) {
      const isBusyFirst = round % 2 === 0;
      const [first, second] = isBusyFirst ? [await busy(), await rest()] : [await rest(), await busy()];
      ratios.push(isBusyFirst ? first / second : second / first);
    }
    const worst = Math.max(...ratios);
    const name = `p99 during reloads ÷ at rest (${driver.reloads} reloads)`;
    const figures = [
      figure(name, "×", medianInterval(ratios), { atMost: 1.1 }),
      figure("failed requests", "", { value: failures, low: failures, high: failures }, { atMost: 0 }),
      figure("worst round", "×", { value: worst, low: worst, high: worst }),
    ];
    return { name: "reload", ...circumstances(), foreignShare: foreign.share, rounds, figures };
  } finally {
    await sirve.stop();
    driver.delete();
  }
}

/** Replaces versions; or does the same work beside the served folder, since it shares the generator's process. */
class Driver {
  readonly served = new ModelFolder();
  readonly #aside = new ModelFolder();
  #version = 1;
  reloads = 0;

  constructor() {
    this.served.add(MODEL, 1, FILE);
  }

  async replace(port: number): Promise<void> {
    for (let i = 0; i < RELOADS_PER_ROUND; i++) {
      this.served.add(MODEL, this.#version + 1, FILE);
      while ((await servingVersion(port, MODEL)) !== this.#version + 1) await pause(20);
      this.served.remove(MODEL, this.#version);
      this.#version += 1;
      this.reloads += 1;
    }
  }

  async rehearse(port: number): Promise<void> {
    for (let i = 0; i < RELOADS_PER_ROUND; i++) {
      this.#aside.add(MODEL, 1, FILE);
      for (let look = 0; look < LOOKS_PER_RELOAD; look++) {
        await servingVersion(port, MODEL);
        await pause(20);
      }
      this.#aside.remove(MODEL, 1);
    }
  }

  delete(): void {
    this.served.delete();
    this.#aside.delete();
  }
}

const pause = async (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function traffic(port: number): Promise<LoadResult> {
  const [native] = flightRequests();
  if (!native) throw new Error("no request");
  const requests = [rawRequest(native.path, native.body, native.headers)];
  return httpLoad({ port, connections: 4, seconds: SECONDS, requests });
}
