import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { withApp } from "../kit/app.ts";
import { connectWires, WIRES, type WireClients } from "../kit/four-wires.ts";
import { randomNumbers } from "../kit/random-numbers.ts";
import { assertAnswers, rowSample, sliceTensors } from "../kit/samples.ts";
import { artifact, createServedFolder } from "../kit/served-folder.ts";
import type { WireTensor } from "../kit/wire-tensor.ts";

interface Case {
  readonly model: string;
  readonly version: number;
  readonly inputs: readonly WireTensor[];
}

const folder = createServedFolder();
after(() => folder.delete());
const TOLERANCE = 1e-5;

/** The rows of the samples in random pieces, or made-up ones, of 1 to `most` rows. */
function cases(random: (below: number) => number, most: number): Case[] {
  const flights = rowSample("flight-delay", 1).inputs;
  const customers = rowSample("churn", 1).inputs;
  const pieceOf = (tensors: readonly WireTensor[]) => {
    const rows = tensors[0]?.shape[0] ?? 0;
    const from = random(rows);
    return sliceTensors(tensors, from, from + 1 + random(Math.min(most, rows - from)));
  };
  return Array.from({ length: 20 }, () => [
    { model: "flight-delay", version: 1, inputs: pieceOf(flights) },
    { model: "churn", version: 1, inputs: pieceOf(customers) },
    { model: "fashion", version: 1, inputs: pictures(random, 1 + random(3)) },
    { model: "mixed", version: 1, inputs: mixed(random, 1 + random(most)) },
  ]).flat();
}

function pictures(random: (below: number) => number, rows: number): WireTensor[] {
  const data = Array.from({ length: rows * 784 }, () => random(256) / 255);
  return [{ name: "x", datatype: "FP32", shape: [rows, 1, 28, 28], data: data.map(Math.fround) }];
}

function mixed(random: (below: number) => number, rows: number): WireTensor[] {
  const many = <T>(count: number, one: () => T): T[] => Array.from({ length: count }, one);
  return [
    { name: "text", datatype: "BYTES", shape: [rows, 1], data: many(rows, () => "ü".repeat(random(20))) },
    { name: "values", datatype: "FP32", shape: [rows, 3], data: many(3 * rows, () => random(1000) / 8) },
    { name: "id", datatype: "INT64", shape: [rows], data: many(rows, () => BigInt(random(1e6))) },
  ];
}

type Outputs = ReadonlyMap<string, readonly unknown[]>;

async function ask(clients: WireClients, wire: (typeof WIRES)[number], one: Case): Promise<Outputs> {
  const answer = await clients.infer(wire, one);
  assert.ok(answer.ok, `${wire} ${one.model}: ${JSON.stringify(answer)}`);
  return answer.outputs;
}

/** Asks one after the other, then all at once, each on a wire of its own, and compares. */
async function compare(clients: WireClients, all: readonly Case[], tolerance: number): Promise<void> {
  const alone: Outputs[] = [];
  for (const one of all) alone.push(await ask(clients, "v2-binary", one));
  const wireOf = (i: number) => WIRES[i % WIRES.length] ?? "grpc";
  const together = await Promise.all(all.map((one, i) => ask(clients, wireOf(i >> 2), one)));
  for (const [i, one] of all.entries()) {
    const outputs = [...(alone[i] ?? new Map())].map(([name, data]) => ({ name, data }));
    assertAnswers(together[i] ?? new Map(), { model: one.model, outputs, tolerance }, wireOf(i >> 2));
  }
}

/** Serves the four models with batching as said, and runs `use`. */
async function served(mode: "none" | "rows", use: Parameters<typeof withApp>[1]): Promise<void> {
  for (const model of ["flight-delay", "churn", "fashion", "mixed"]) {
    const batching = mode === "rows" ? { mode, maxRows: 16, maxDelayUs: 2000 } : { mode };
    folder.add(model, 1, artifact(model), { batching });
  }
  try {
    await withApp(folder.path, use);
  } finally {
    for (const model of ["flight-delay", "churn", "fashion", "mixed"]) folder.remove(model);
  }
}

test("with batching off, requests at once are answered bit for bit as alone", async () => {
  await served("none", async ({ url, grpc, metric }) => {
    const clients = connectWires(url, grpc);
    try {
      await compare(clients, cases(randomNumbers(1), 8), 0);
    } finally {
      clients.close();
    }
    const runs = await metric("sirve_batch_rows_count");
    assert.equal(runs, 160, "each request had a run of its own");
  });
});

test("with batching on, requests at once share runs and are answered as alone, within the tolerance", async () => {
  await served("rows", async ({ url, grpc, control }) => {
    const clients = connectWires(url, grpc);
    const all = cases(randomNumbers(2), 8);
    try {
      await compare(clients, all, TOLERANCE);
    } finally {
      clients.close();
    }
    const shared = control.statistics().map(({ executionCount, success }) => success.count - executionCount);
    assert.equal(shared.length, 4);
    assert.ok(Math.max(...shared) > 0, `no run was shared: ${shared}`);
  });
});

test("a request larger than maxRows is split into runs and joined again, in order", async () => {
  await served("rows", async ({ url, grpc, control }) => {
    const clients = connectWires(url, grpc);
    try {
      const inputs = mixed(randomNumbers(3), 100);
      const answers = await Promise.all(
        WIRES.map((wire) => ask(clients, wire, { model: "mixed", version: 1, inputs })),
      );
      const values = inputs[1]?.data as number[];
      const ids = inputs[2]?.data as bigint[];
      const totals = ids.map((id, row) => {
        return Math.fround(values.slice(3 * row, 3 * row + 3).reduce((a, b) => a + b) + Number(id));
      });
      for (const [i, answer] of answers.entries()) {
        assertAnswers(
          answer,
          { model: "mixed", outputs: [{ name: "total", data: totals }], tolerance: 1e-6 },
          WIRES[i] ?? "",
        );
      }
      const [statistics] = control.statistics("mixed");
      assert.ok(
        statistics && statistics.executionCount >= 25 && statistics.batches.every(({ rows }) => rows <= 16),
      );
      assert.equal(statistics.inferenceCount, 400);
    } finally {
      clients.close();
    }
  });
});

test("lines are answered in the order in which they were sent, whatever each of them takes", async () => {
  await served("rows", async ({ url }) => {
    const { samples } = JSON.parse(
      readFileSync("test/artifacts/models/flight-delay/samples.json", "utf8"),
    ) as {
      samples: { inputs: object; outputs: { label: number } }[];
    };
    const random = randomNumbers(4);
    const picks = Array.from({ length: 300 }, () => random(samples.length));
    const bodies = picks.map((pick, line) =>
      line % 50 === 7 ? "{oops" : JSON.stringify(samples[pick]?.inputs),
    );
    const response = await fetch(`${url}/predict/flight-delay/stream`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
      body: `${bodies.join("\n")}\n`,
    });
    const lines = (await response.text()).trim().split("\n");
    assert.equal(lines.length, picks.length);
    for (const [i, text] of lines.entries()) {
      const answer = JSON.parse(text) as {
        line: number;
        predictions?: { label: number }[];
        error?: { code: string };
      };
      assert.equal(answer.line, i + 1);
      if (i % 50 === 7) assert.equal(answer.error?.code, "invalid_argument");
      else assert.equal(answer.predictions?.[0]?.label, samples[picks[i] ?? 0]?.outputs.label, text);
    }
  });
});
