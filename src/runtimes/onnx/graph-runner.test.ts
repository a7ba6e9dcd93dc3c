import assert from "node:assert/strict";
import { after, test } from "node:test";
import { systemClock } from "../../base/index.ts";
import type { Signature } from "../../model/index.ts";
import { tensorOf } from "../../tensor/index.ts";
import { graphOf } from "./batch-slot.ts";
import { createSession } from "./create-session.ts";
import { type Engine, openEngine } from "./engine.ts";
import { readPorts } from "./graph-port.ts";
import { GraphRunner } from "./graph-runner.ts";
import { LanePool } from "./lane-pool.ts";
import { LaneRun } from "./lane-run.ts";
import { bundledLibrary } from "./library-path.ts";

const libraryPath = bundledLibrary();
const engine: Engine = openEngine(libraryPath);
const lanes = new LanePool({ libraryPath, execArgv: [] }, 1, systemClock);
after(async () => await lanes.close());

/** The model that returns its input, under a signature of our own. */
async function identity(outputShape: number[], symbols: (string | undefined)[]): Promise<GraphRunner> {
  const path = "test/artifacts/models/identity-fp32/1/model.onnx";
  const request = { path, settings: { intraOpThreads: 1, device: "cpu" }, zipMaps: [] } as const;
  const reply = await createSession(engine, request);
  assert.equal(reply.kind, "created");
  if (reply.kind !== "created") throw new TypeError();
  const signature: Signature = {
    inputs: [{ name: "x", dtype: "FP32", shape: [-1, -1], symbols: ["N", "M"], batchAxis: 0 }],
    outputs: [{ name: "y", dtype: "FP32", shape: outputShape, symbols, batchAxis: 0 }],
  };
  return new GraphRunner(engine, graphOf(reply.session, signature, readPorts(engine, reply.session), true));
}

const x = (rows: number, columns: number) => {
  const values = Array.from({ length: rows * columns }, (_, i) => i);
  return tensorOf("FP32", [rows, columns], values);
};

for (const [what, shape, symbols] of [
  ["named after the input's", [-1, -1], ["N", "M"]],
  ["free", [-1, -1], ["N", undefined]],
  ["told wrong", [-1, 7], ["N", undefined]],
  ["of the wrong rank", [-1, 2, 2], ["N", undefined, undefined]],
] as const) {
  test(`an output whose size is ${what} comes out right, inline and in a lane, whatever the size`, async () => {
    const runner = await identity([...shape], [...symbols]);
    const owner = { runner, lanes, clock: systemClock };
    for (const [rows, columns] of [
      [2, 3],
      [1, 7],
      [300, 200],
      [0, 4],
      [2, 3],
    ] as const) {
      const input = x(rows, columns);
      const inputs = new Map([["x", input]]);
      assert.deepEqual(runner.run([inputs]).outputs.get("y"), input);
      const run = new LaneRun(owner, [inputs, inputs], undefined);
      lanes.submit(run);
      const { outputs } = await run.done;
      assert.deepEqual(outputs.get("y")?.shape, [2 * rows, columns]);
    }
    await runner.close(() => engine.api.ReleaseSession(runner.graph.session));
  });
}

test("a lane makes a run again whose output surprised", async () => {
  const runner = await identity([-1, 7], ["N", undefined]);
  const run = new LaneRun({ runner, lanes, clock: systemClock }, [new Map([["x", x(2, 3)]])], undefined);
  lanes.submit(run);
  assert.deepEqual((await run.done).outputs.get("y"), x(2, 3));
  await runner.close(() => engine.api.ReleaseSession(runner.graph.session));
});

test("an output named twice is computed once", async () => {
  const runner = await identity([-1, -1], ["N", "M"]);
  const { outputs } = runner.run([new Map([["x", x(300, 200)]])], { outputs: ["y", "y"] });
  assert.deepEqual([...outputs.keys()], ["y"]);
  await runner.close(() => engine.api.ReleaseSession(runner.graph.session));
});
