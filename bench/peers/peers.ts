import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { ForeignLog, paired } from "../kit/paired.ts";
import { circumstances, type Figure, figure, type Result } from "../kit/report.ts";
import { PEERS, type Peer } from "./catalogue.ts";
import { type Contender, type PeersData, readData, startContender } from "./contender.ts";

const SECONDS = 2;

/** Sirve as one more entry of the catalogue, on the same two models. */
const SIRVE: Peer = {
  name: "Sirve",
  environment: "sirve",
  start: [
    process.execPath,
    "{here}/../../src/cli/main.ts",
    "serve",
    "{home}/data/models",
    "--http-port",
    "{port}",
    "--grpc-port",
    "0",
  ],
  body: "v2",
  path: "/v2/models/{model}/infer",
};

/**
 * Each installed peer against Sirve, in turns, on 100 trees (tiny) and on a perceptron of about a
 * millisecond: CPU per request of all their processes over JSON at 32 connections.
 *
 * @throws Error if no peer is installed: bench/peers/install.sh
 */
export async function peers(rounds: number): Promise<Result> {
  const home = resolve(process.env["PEERS_HOME"] ?? ".peers");
  const installed = PEERS.filter(({ environment }) => existsSync(join(home, environment, "bin")));
  if (installed.length === 0) throw new Error("no peer is installed: run bench/peers/install.sh NAME…");
  const data = readData(home);
  const sirve = await startContender(SIRVE, data);
  const foreign = new ForeignLog(sirve.pids());
  const figures: Figure[] = [];
  const problems: string[] = [];
  try {
    for (const peer of installed) {
      try {
        figures.push(...(await against(peer, sirve, { data, rounds, foreign })));
      } catch (error) {
        problems.push(error instanceof Error ? error.message : String(error));
      }
    }
  } finally {
    await sirve.stop();
  }
  const best = bestTiny(figures);
  return {
    name: "peers",
    ...circumstances(),
    foreignShare: foreign.share,
    rounds,
    figures: best ? [best, ...figures] : figures,
    ...(problems.length > 0 && { note: `left out: ${problems.join("; ")}` }),
  };
}

interface Comparison {
  readonly data: PeersData;
  readonly rounds: number;
  readonly foreign: ForeignLog;
}

async function against(
  peer: Peer,
  sirve: Contender,
  { data, rounds, foreign }: Comparison,
): Promise<Figure[]> {
  const rival = await startContender(peer, data);
  try {
    const figures: Figure[] = [];
    for (const model of Object.keys(data.expected)) {
      const side = (contender: Contender) => async () => foreign.around(() => contender.cost(model, SECONDS));
      const { ratio, a, b } = await paired(rounds, side(rival), side(sirve));
      figures.push(
        figure(`${model}: ${peer.name} CPU ÷ Sirve CPU per request`, "×", ratio),
        figure(`${model}: ${peer.name} CPU per request`, "µs", a),
        figure(`${model}: Sirve CPU per request beside ${peer.name}`, "µs", b),
      );
    }
    return figures;
  } finally {
    await rival.stop();
  }
}

/** The goal: the tiny model against the cheapest Python peer. Triton and TorchServe are not Python services. */
function bestTiny(figures: readonly Figure[]): Figure | undefined {
  const ratios = figures.filter(
    ({ name }) => name.startsWith("trees:") && name.includes("÷") && !/Triton|TorchServe/.test(name),
  );
  const [best] = ratios.toSorted((a, b) => a.value - b.value);
  if (!best) return undefined;
  const title = best.name.replace(/^trees: /, "").replace(/ CPU ÷.*/, "");
  const { value, low, high } = best;
  return figure(
    `trees: best Python peer (${title}) CPU ÷ Sirve CPU`,
    "×",
    { value, low, high },
    { atLeast: 3 },
  );
}
