import { flightRequests } from "./kit/flight.ts";
import { httpLoad, rawRequest } from "./kit/http-load.ts";
import { median, medianInterval } from "./kit/interval.ts";
import { ForeignLog } from "./kit/paired.ts";
import { startRawEngine } from "./kit/raw-engine.ts";
import { circumstances, type Figure, figure, type Result } from "./kit/report.ts";
import { startNode } from "./kit/server.ts";
import { tensorRequest } from "./kit/tensor-request.ts";

interface Round {
  readonly slow: number;
  readonly engine: number;
  readonly tiny: number;
  readonly echo: number;
}

/** Added median latency of one client alone over the raw run of the same model, and that of a bare HTTP echo. */
export async function latency(rounds: number): Promise<Result> {
  const sirve = await startNode(["bench/servers/sirve.ts", "test/artifacts/models"]);
  const echo = await startNode(["bench/servers/echo-http.ts"]);
  const raw = await startRawEngine("test/artifacts/models/slow-1ms/1/model.onnx");
  const foreign = new ForeignLog([sirve.pid, echo.pid, raw.pid]);
  const tinyRequest = flightOverJson();
  const slowRequest = tensorRequest("slow-1ms", [1, 256]);
  const measured: Round[] = [];
  try {
    for (let round = 0; round <= rounds; round++) {
      measured.push({
        slow: await foreign.around(async () => p50(sirve.port, slowRequest)),
        engine: (await raw.measure(1, 1)).medianUs,
        tiny: await foreign.around(async () => p50(sirve.port, tinyRequest)),
        echo: await foreign.around(async () => p50(echo.port, tinyRequest)),
      });
    }
    const figures = figuresOf(measured.slice(1));
    return { name: "latency", ...circumstances(), foreignShare: foreign.share, rounds, figures };
  } finally {
    await Promise.all([sirve.stop(), echo.stop(), raw.stop()]);
  }
}

function figuresOf(measured: readonly Round[]): Figure[] {
  const of = (pick: (round: Round) => number) => medianInterval(measured.map(pick));
  const added = of(({ slow, engine }) => slow - engine);
  return [
    figure("slow-1ms: p50 over the raw run", "µs", added, { atMost: 150 }),
    figure(
      "slow-1ms: raw run p50",
      "µs",
      of(({ engine }) => engine),
    ),
    figure(
      "flight-delay V2 JSON: p50 over a bare echo",
      "µs",
      of((r) => r.tiny - r.echo),
    ),
    figure(
      "flight-delay V2 JSON: p50",
      "µs",
      of(({ tiny }) => tiny),
    ),
    figure(
      "bare echo: p50",
      "µs",
      of((r) => r.echo),
    ),
  ];
}

/** Median microseconds of one client alone. */
async function p50(port: number, request: Uint8Array): Promise<number> {
  const { latenciesMs, failures } = await httpLoad({ port, connections: 1, seconds: 1, requests: [request] });
  if (failures > 0) throw new Error(`${failures} answers failed`);
  return 1000 * median(latenciesMs);
}

function flightOverJson(): Uint8Array {
  const flight = flightRequests().find(({ name }) => name === "V2 JSON");
  if (!flight) throw new Error("no V2 JSON request");
  return rawRequest(flight.path, flight.body, flight.headers);
}
