import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { withApp } from "../kit/app.ts";
import { connectWires, WIRES, type WireClients } from "../kit/four-wires.ts";
import { assertAnswers, rowSample, type Sample, sliceTensors, tensorSamples } from "../kit/samples.ts";
import { createServedFolder } from "../kit/served-folder.ts";

const FOLDER = "test/artifacts/models";
const MODELS = readdirSync(FOLDER);

/** Asks on every wire and compares. FP16 and BF16 have no JSON form in V2, which says so. */
async function check(clients: WireClients, sample: Sample): Promise<void> {
  const hasHalf = sample.inputs.some(({ datatype }) => datatype === "FP16" || datatype === "BF16");
  for (const wire of WIRES) {
    const answer = await clients.infer(wire, sample);
    if (wire === "v2-json" && hasHalf) {
      assert.ok(!answer.ok && answer.status === 400 && /binary data format/.test(answer.message));
      continue;
    }
    assert.ok(answer.ok, `${wire} ${sample.model}: ${JSON.stringify(answer)}`);
    assert.equal(answer.version, sample.version);
    assertAnswers(answer.outputs, sample, wire);
  }
}

test("every model of test/artifacts loads, and all wires answer its samples as its own library does", async () => {
  await withApp(
    FOLDER,
    async ({ url, grpc, control }) => {
      const statuses = control.list().flatMap(({ versions }) => versions);
      const broken = statuses.filter(({ state }) => state !== "ready");
      assert.deepEqual(broken, []);
      assert.deepEqual(
        control
          .list()
          .map(({ model }) => model)
          .toSorted(),
        MODELS.toSorted(),
      );
      const clients = connectWires(url, grpc);
      try {
        for (const model of MODELS) for (const sample of tensorSamples(model)) await check(clients, sample);
        await check(clients, rowSample("flight-delay", 1));
        await check(clients, rowSample("churn", 1));
        await check(clients, rowSample("churn", 2));
      } finally {
        clients.close();
      }
    },
    { versionPolicy: "all" },
  );
});

test("requests without rows are answered without rows on every wire", async () => {
  const folder = createServedFolder("flight-delay");
  await withApp(folder.path, async ({ url, grpc }) => {
    const clients = connectWires(url, grpc);
    try {
      const inputs = sliceTensors(rowSample("flight-delay", 1).inputs, 0, 0);
      for (const wire of WIRES) {
        const answer = await clients.infer(wire, { model: "flight-delay", inputs });
        assert.ok(answer.ok, `${wire}: ${JSON.stringify(answer)}`);
        assert.deepEqual([...answer.outputs.values()], [[], []]);
      }
    } finally {
      clients.close();
    }
  });
  folder.delete();
});
