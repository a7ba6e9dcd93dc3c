import { httpLoad } from "./kit/http-load.ts";
import { cpuPerAnswer, ForeignLog, paired } from "./kit/paired.ts";
import { bestBatch, startRawEngine } from "./kit/raw-engine.ts";
import { circumstances, type Figure, figure, type Result } from "./kit/report.ts";
import { startNode } from "./kit/server.ts";
import { tensorRequest } from "./kit/tensor-request.ts";

const MODELS = ["slow-1ms", "slow-5ms"] as const;
const CONNECTIONS = 128;

/**
 * Models of a millisecond and more, saturated by single-row requests: how much of what the engine
 * alone reaches at its best batch arrives at the clients, in CPU per row.
 */
export async function engine(rounds: number): Promise<Result> {
  const sirve = await startNode(["bench/servers/sirve.ts", "test/artifacts/models"]);
  const foreign = new ForeignLog([sirve.pid]);
  const figures: Figure[] = [];
  try {
    for (const model of MODELS) {
      const raw = await startRawEngine(`test/artifacts/models/${model}/1/model.onnx`);
      const batch = await bestBatch(raw);
      const requests = [tensorRequest(model, [1, 256])];
      const alone = async () =>
        foreign.around(async () => {
          const { rows, cpuUs } = await raw.measure(1, batch);
          return cpuUs / rows;
        });
      const served = async () =>
        foreign.around(async () =>
          cpuPerAnswer(sirve.pid, async () =>
            httpLoad({ port: sirve.port, connections: CONNECTIONS, seconds: 1, requests }),
          ),
        );
      const { ratio, a, b } = await paired(rounds, alone, served);
      await raw.stop();
      figures.push(figure(`${model}: engine CPU ÷ served CPU per row`, "×", ratio, { atLeast: 0.8 }));
      figures.push(
        figure(`${model}: served`, "µs per row", b),
        figure(`${model}: engine, batch ${batch}`, "µs per row", a),
      );
    }
    return { name: "engine", ...circumstances(), foreignShare: foreign.share, rounds, figures };
  } finally {
    await sirve.stop();
  }
}
