import { flightRequests } from "./kit/flight.ts";
import { httpLoad, rawRequest } from "./kit/http-load.ts";
import { quantile } from "./kit/interval.ts";
import { ForeignLog, paired } from "./kit/paired.ts";
import { RegistryServer } from "./kit/registry.ts";
import { circumstances, figure, type Result } from "./kit/report.ts";

const MODEL = "flight-delay";
const FILE = "examples/models/flight-delay/1/model.onnx";
const SECONDS = 2;

/** Latency of one caller after the other through an endpoint with a shadow ÷ through the same endpoint without. */
export async function shadow(rounds: number): Promise<Result> {
  const registry = await RegistryServer.start();
  try {
    const manifest = "examples/models/flight-delay/model.json";
    await registry.add(MODEL, FILE, { manifest });
    await registry.add(MODEL, FILE);
    const variants = [{ name: "only", target: `${MODEL}@1`, weight: 1 }];
    await registry.call("PUT", "/endpoints/plain", { variants });
    await registry.call("PUT", "/endpoints/shadowed", { variants, shadow: { target: `${MODEL}@2` } });
    const foreign = new ForeignLog([registry.server.pid]);
    const of = (endpoint: string, q: number) => async () =>
      foreign.around(async () => quantile(await latencies(registry.server.port, endpoint), q));
    const p50 = await paired(rounds, of("shadowed", 0.5), of("plain", 0.5));
    const p99 = await paired(rounds, of("shadowed", 0.99), of("plain", 0.99));
    const figures = [
      figure("p50 with a shadow ÷ without", "×", p50.ratio),
      figure("p99 with a shadow ÷ without", "×", p99.ratio),
      figure("p50 without", "ms", p50.b),
      figure("p50 with a shadow", "ms", p50.a),
    ];
    return { name: "shadow", ...circumstances(), foreignShare: foreign.share, rounds, figures };
  } finally {
    await registry.stop();
  }
}

async function latencies(port: number, endpoint: string): Promise<readonly number[]> {
  const json = flightRequests().find(({ name }) => name === "V2 JSON");
  if (!json) throw new Error("no request");
  const path = json.path.replace(MODEL, endpoint);
  const requests = [rawRequest(path, json.body, json.headers)];
  const { latenciesMs, failures } = await httpLoad({ port, connections: 1, seconds: SECONDS, requests });
  if (failures > 0) throw new Error(`${failures} requests failed`);
  return latenciesMs;
}
