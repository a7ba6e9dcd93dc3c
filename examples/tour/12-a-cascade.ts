/** A cascade: a small model answers what is easy, a large one the rest. Nearly the large one's accuracy for a part of its cost. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { demonstrateRegistry, prove, type RegistryDemo, say } from "./kit.ts";

type Point = readonly [x: number, y: number, label: 0 | 1];

/** Two half moons that touch, with noise; the same for the same seed. */
function moons(count: number, seed: number): Point[] {
  let state = seed;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  return Array.from({ length: count }, (_, i) => {
    const angle = Math.PI * random();
    const [dx, dy] = [(random() + random() - 1) * 0.5, (random() + random() - 1) * 0.5];
    if (i % 2 === 0) return [Math.cos(angle) + dx, Math.sin(angle) + dy, 0];
    return [1 - Math.cos(angle) + dx, 0.5 - Math.sin(angle) + dy, 1];
  });
}

/** A line between the two, by 200 steps of gradient descent: the small model. */
function trainLine(points: readonly Point[]): [number, number, number] {
  const [line, rate] = [[0, 0, 0] as [number, number, number], 0.5];
  for (let step = 0; step < 200; step += 1) {
    const gradient = [0, 0, 0] as [number, number, number];
    for (const [x, y, label] of points) {
      const error = 1 / (1 + Math.exp(-(line[0] * x + line[1] * y + line[2]))) - label;
      gradient[0] += error * x;
      gradient[1] += error * y;
      gradient[2] += error;
    }
    line[0] -= (rate * gradient[0]) / points.length;
    line[1] -= (rate * gradient[1]) / points.length;
    line[2] -= (rate * gradient[2]) / points.length;
  }
  return line;
}

const handler = (load: string, score: string) => `export default {
  inputs: { point: { dtype: "FP32", shape: [-1, 2] } },
  outputs: { scores: { dtype: "FP32", shape: [-1, 2] } },
  load: () => (${load}),
  predict: ({ point }, state) => {
    const scores = new Float32Array(point.data.length);
    for (let at = 0; at < scores.length; at += 2) {
      const [x, y] = [point.data[at], point.data[at + 1]];
      const one = ${score};
      scores[at] = 1 - one;
      scores[at + 1] = one;
    }
    return { scores: { shape: point.shape, data: scores } };
  },
};
`;

const line = (weights: readonly number[]) =>
  handler(JSON.stringify(weights), "1 / (1 + Math.exp(-(state[0] * x + state[1] * y + state[2])))");

/** The share of a point's 15 nearest neighbours: the large model. */
const neighbours = (points: readonly Point[]) =>
  handler(
    JSON.stringify(points),
    `state.map(([a, b, label]) => [(a - x) ** 2 + (b - y) ** 2, label])
        .sort((a, b) => a[0] - b[0]).slice(0, 15).reduce((sum, near) => sum + near[1], 0) / 15`,
  );

const CASCADE = {
  inputs: { point: { dtype: "FP32", shape: [-1, 2] } },
  steps: [
    { name: "small", model: "line", inputs: { point: "point" } },
    {
      name: "large",
      model: "neighbours",
      inputs: { point: "point" },
      when: { confidence: "small.scores", under: 0.9 },
    },
  ],
  outputs: { scores: { dtype: "FP32", shape: [-1, 2], from: ["large.scores", "small.scores"] } },
};

const ROWS = 50;

/** Asks one model for every point; what it got right, and what its bills add up to in milliseconds. */
async function judge({ predict }: RegistryDemo, model: string, points: readonly Point[]) {
  let [right, costUs] = [0, 0];
  for (let at = 0; at < points.length; at += ROWS) {
    const part = points.slice(at, at + ROWS);
    const { body } = await predict(model, { inputs: { point: part.map(([x, y]) => [x, y]) } });
    const { scores } = body["outputs"] as { scores: [number, number][] };
    right += part.filter(([, , label], i) => ((scores[i]?.[1] ?? 0) >= 0.5 ? 1 : 0) === label).length;
    costUs += body["costUs"] as number;
  }
  const [accuracy, costMs] = [right / points.length, costUs / 1000];
  say(`${model.padEnd(10)} ${(100 * accuracy).toFixed(1)} % right, ${costMs.toFixed(0)} ms of CPU`);
  return { accuracy, costMs };
}

await demonstrateRegistry(
  "12  A cascade: small first, large where it is unsure",
  async (demo) => {
    const add = async (name: string, file: string, text: string) => {
      mkdirSync(join(demo.path, name));
      writeFileSync(join(demo.path, name, file), text);
      const { code } = await demo.sirve("add", join(demo.path, name, file), "--name", name, "--no-git");
      prove(`${name} is served`, code === 0);
    };
    const training = moons(1500, 1);
    await add("line", "handler.js", line(trainLine(training)));
    await add("neighbours", "handler.js", neighbours(training));
    await add("cascade", "pipeline.json", JSON.stringify(CASCADE));
    const points = moons(2000, 2);
    say(`${points.length} points that no model has seen`);
    const small = await judge(demo, "line", points);
    const large = await judge(demo, "neighbours", points);
    const before = await demo.metric("sirve_rows_total", 'model="neighbours"');
    const cascade = await judge(demo, "cascade", points);
    const asked = (await demo.metric("sirve_rows_total", 'model="neighbours"')) - before;
    say(`the large model saw ${asked} of them`);
    prove("the cascade is better than the small model", cascade.accuracy > small.accuracy);
    prove("and within one point of the large one", cascade.accuracy > large.accuracy - 0.01);
    prove("at less than its cost", cascade.costMs < large.costMs);
  },
  ["--engine-allow-code"],
);
