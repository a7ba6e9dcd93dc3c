import { httpLoad } from "./kit/http-load.ts";
import { cpuPerAnswer, ForeignLog, paired } from "./kit/paired.ts";
import { circumstances, type Figure, figure, type Result } from "./kit/report.ts";
import { type Server, startNode } from "./kit/server.ts";
import { tensorRequest } from "./kit/tensor-request.ts";

const SIZES = [
  { name: "600 kB", shape: [1, 150_000], connections: 8 },
  { name: "16 MB", shape: [1, 4_000_000], connections: 2 },
] as const;

/** Large binary tensors through an identity model against a bare echo of the same bytes, in CPU per request. */
export async function tensor(rounds: number): Promise<Result> {
  const sirve = await startNode(["bench/servers/sirve.ts", "test/artifacts/models"]);
  const echo = await startNode(["bench/servers/echo-http.ts"]);
  const foreign = new ForeignLog([sirve.pid, echo.pid]);
  const figures: Figure[] = [];
  try {
    for (const { name, shape, connections } of SIZES) {
      const requests = [tensorRequest("identity-fp32", shape)];
      const side = (server: Server) => async () =>
        foreign.around(async () =>
          cpuPerAnswer(server.pid, async () =>
            httpLoad({ port: server.port, connections, seconds: 1, requests }),
          ),
        );
      const { ratio, a, b } = await paired(rounds, side(echo), side(sirve));
      figures.push(figure(`${name}: echo CPU ÷ Sirve CPU per request`, "×", ratio, { atLeast: 0.8 }));
      figures.push(figure(`${name}: Sirve CPU per request`, "µs", b), figure(`${name}: echo CPU`, "µs", a));
    }
    return { name: "tensor", ...circumstances(), foreignShare: foreign.share, rounds, figures };
  } finally {
    await Promise.all([sirve.stop(), echo.stop()]);
  }
}
