import { flightMessage, flightRequests, INFER_METHOD } from "./kit/flight.ts";
import { grpcFrame, grpcLoad } from "./kit/grpc-load.ts";
import { httpLoad, rawRequest } from "./kit/http-load.ts";
import type { Goal } from "./kit/interval.ts";
import { cpuPerAnswer, ForeignLog, paired } from "./kit/paired.ts";
import { circumstances, type Figure, figure, type Result } from "./kit/report.ts";
import { type Server, startNode } from "./kit/server.ts";

const CONNECTIONS = 32;
const SECONDS = 1;

/**
 * The flight-delay model (microseconds of compute) over each wire against a bare echo of the same
 * bytes: what the platform itself costs, in CPU per request.
 */
export async function tiny(rounds: number): Promise<Result> {
  const sirve = await startNode(["bench/servers/sirve.ts", "examples/models"]);
  const echo = await startNode(["bench/servers/echo-http.ts"]);
  const grpcEcho = await startNode(["bench/servers/echo-grpc-js.ts"]);
  const foreign = new ForeignLog([sirve.pid, echo.pid, grpcEcho.pid]);
  try {
    const figures: Figure[] = [];
    for (const { name, path, body, headers } of flightRequests()) {
      const requests = [rawRequest(path, body, headers)];
      const side = (server: Server) => async () =>
        foreign.around(async () =>
          cpuPerAnswer(server.pid, async () =>
            httpLoad({ port: server.port, connections: CONNECTIONS, seconds: SECONDS, requests }),
          ),
        );
      const result = await paired(rounds, side(echo), side(sirve));
      figures.push(
        ...figuresOf(name, result, name === "V2 JSON" ? { atLeast: 0.6 } : undefined, "node:http"),
      );
    }
    figures.push(...(await overGrpc(rounds, sirve, grpcEcho, foreign)));
    return { name: "tiny", ...circumstances(), foreignShare: foreign.share, rounds, figures };
  } finally {
    await Promise.all([sirve, echo, grpcEcho].map(async (server) => server.stop()));
  }
}

async function overGrpc(rounds: number, sirve: Server, echo: Server, foreign: ForeignLog): Promise<Figure[]> {
  const frame = grpcFrame(flightMessage());
  const side = (server: Server) => async () =>
    foreign.around(async () =>
      cpuPerAnswer(server.pid, async () =>
        grpcLoad({
          port: server.grpcPort,
          connections: 4,
          streamsPerConnection: 8,
          seconds: SECONDS,
          path: INFER_METHOD,
          frame,
        }),
      ),
    );
  return figuresOf("gRPC", await paired(rounds, side(echo), side(sirve)), { atLeast: 2 }, "grpc-js");
}

function figuresOf(
  wire: string,
  { ratio, a, b }: Awaited<ReturnType<typeof paired>>,
  goal: Goal | undefined,
  echo: string,
): Figure[] {
  return [
    figure(`${wire}: ${echo} echo CPU ÷ Sirve CPU per request`, "×", ratio, goal),
    figure(`${wire}: Sirve CPU per request`, "µs", b),
    figure(`${wire}: ${echo} echo CPU per request`, "µs", a),
  ];
}
