import { flightRequests } from "./kit/flight.ts";
import { httpLoad, type LoadResult, rawRequest } from "./kit/http-load.ts";
import { medianInterval, quantile } from "./kit/interval.ts";
import { ForeignLog } from "./kit/paired.ts";
import { RegistryServer } from "./kit/registry.ts";
import { circumstances, figure, type Result } from "./kit/report.ts";

const MODEL = "flight-delay";
const FILE = "examples/models/flight-delay/1/model.onnx";
const MANIFEST = "examples/models/flight-delay/model.json";
const SWAPS_PER_ROUND = 67;
const SECONDS = 5;

/**
 * p99 of steady traffic while an alias is promoted and rolled back again and again ÷ p99 at rest, failed
 * requests, and how long a roll back takes, asked over HTTP.
 */
export async function promote(rounds: number): Promise<Result> {
  const registry = await RegistryServer.start();
  const driver = new Driver(registry);
  await driver.prepare();
  const foreign = new ForeignLog([registry.server.pid]);
  const p99 = async (during: () => Promise<void>) =>
    foreign.around(async () => {
      const [result] = await Promise.all([traffic(registry.server.port), during()]);
      driver.failures += result.failures;
      return quantile(result.latenciesMs, 0.99);
    });
  const busy = async () => p99(async () => driver.swap());
  const rest = async () => p99(async () => driver.rehearse());
  const ratios: number[] = [];
  try {
    await rest();
    for (let round = 0; round < rounds; round++) {
      const isBusyFirst = round % 2 === 0;
      const [first, second] = isBusyFirst ? [await busy(), await rest()] : [await rest(), await busy()];
      ratios.push(isBusyFirst ? first / second : second / first);
    }
    const { failures, swaps, rollbackMs, swapMs } = driver;
    const figures = [
      figure(`p99 during promotions ÷ at rest (${swaps} swaps)`, "×", medianInterval(ratios), {
        atMost: 1.1,
      }),
      figure("failed requests", "", { value: failures, low: failures, high: failures }, { atMost: 0 }),
      figure("roll back, asked over HTTP, median", "ms", medianInterval(rollbackMs), { atMost: 100 }),
      figure("roll back, from the decision until requests reach it, median", "ms", medianInterval(swapMs)),
    ];
    return { name: "promote", ...circumstances(), foreignShare: foreign.share, rounds, figures };
  } finally {
    await registry.stop();
  }
}

/** Promotes and rolls back; or asks as often for what changes nothing, since it shares the generator's process. */
class Driver {
  readonly #registry: RegistryServer;
  readonly rollbackMs: number[] = [];
  readonly swapMs: number[] = [];
  failures = 0;
  swaps = 0;

  constructor(registry: RegistryServer) {
    this.#registry = registry;
  }

  /** Two versions of one signature: the same file with two manifests. */
  async prepare(): Promise<void> {
    await this.#registry.add(MODEL, FILE, { manifest: MANIFEST });
    await this.#registry.add(MODEL, FILE);
    await this.#promote(2);
    await this.#promote(1);
  }

  async swap(): Promise<void> {
    for (let i = 0; i < SWAPS_PER_ROUND; i++) {
      if (i % 2 === 0) await this.#promote(2);
      else await this.#rollBack();
      this.swaps += 1;
      await pause(20);
    }
    // As it was before the round.
    if (SWAPS_PER_ROUND % 2 === 1) await this.#rollBack();
  }

  async rehearse(): Promise<void> {
    for (let i = 0; i < SWAPS_PER_ROUND; i++) {
      await this.#registry.call("GET", `/models/${MODEL}/versions/1`);
      await pause(20);
    }
  }

  async #promote(version: number): Promise<void> {
    // The manifests differ, so the second takes other columns: forced, as the checks would say so.
    await this.#registry.call("POST", `/models/${MODEL}/promote`, { version, force: true });
  }

  async #rollBack(): Promise<void> {
    const from = performance.now();
    const answer = await this.#registry.call("POST", `/models/${MODEL}/rollback`, {});
    this.rollbackMs.push(performance.now() - from);
    this.swapMs.push((answer as { swapMs: number }).swapMs);
  }
}

const pause = async (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function traffic(port: number): Promise<LoadResult> {
  const json = flightRequests().find(({ name }) => name === "V2 JSON");
  if (!json) throw new Error("no request");
  return httpLoad({
    port,
    connections: 4,
    seconds: SECONDS,
    requests: [rawRequest(json.path, json.body, json.headers)],
  });
}
