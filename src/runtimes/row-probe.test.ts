import assert from "node:assert/strict";
import { test } from "node:test";
import { PlatformError } from "../base/index.ts";
import { emptyManifest, manifestSchema, type Signature, type TensorSpec } from "../model/index.ts";
import { concatRows, type Tensor, type Tensors, tensorOf } from "../tensor/index.ts";
import { probeRows, type RowsFound } from "./row-probe.ts";

const spec = (name: string, shape: number[]): TensorSpec => ({
  name,
  dtype: "FP32",
  shape,
  batchAxis: shape[0] === -1 ? 0 : null,
});
const SIGNATURE: Signature = { inputs: [spec("x", [-1, 2])], outputs: [spec("y", [-1])] };

/** Probes a model that is a function of its rows. */
async function probe(
  model: (rows: number[][]) => Tensor,
  signature = SIGNATURE,
  manifest = emptyManifest,
): Promise<RowsFound> {
  const run = async (parts: readonly Tensors[]) => {
    const x = concatRows(parts.map((part) => part.get("x") ?? assert.fail()));
    const values = [...(x.data as Float32Array)];
    const rows = Array.from({ length: x.shape[0] ?? 0 }, (_, row) => values.slice(2 * row, 2 * row + 2));
    const outputs = new Map([["y", model(rows)]]);
    return { outputs, cpuUs: 0, inputUs: 0, computeUs: 0, outputUs: 0 };
  };
  return await probeRows(signature, manifest, (parts) => ({ done: run(parts), terminate: () => {} }));
}

const sum = ([a = 0, b = 0]: number[]) => a + b;
const column = (values: number[]) => tensorOf("FP32", [values.length], values);

test("a model whose rows are computed one by one may be batched", async () => {
  const found = await probe((rows) => column(rows.map(sum)));
  assert.deepEqual(found, { rows: "independent", rowsReason: "", shapesHold: true, isSlow: false });
});

test("a small difference is that of another kernel; a larger one is another row", async () => {
  const scaled = (by: number) => (rows: number[][]) =>
    column(rows.map((row) => sum(row) * (rows.length > 1 ? by : 1)));
  assert.equal((await probe(scaled(1 + 1e-5))).rows, "independent");
  assert.equal((await probe(scaled(1.01))).rowsReason, 'output "y" of a row depends on the other rows');
});

test("a dependency that only some rows show is found", async () => {
  const found = await probe((rows) => column(rows.map((row, i) => (i === 2 ? sum(row) + 1 : sum(row)))));
  assert.equal(found.rows, "none");
});

test("another number of rows out than in is no batch", async () => {
  const found = await probe((rows) => column([rows.length]));
  assert.equal(found.rowsReason, 'output "y" has 1 rows for 3 of input');
  assert.equal(found.shapesHold, false);
});

test("rows that fail only together are not joined", async () => {
  const found = await probe((rows) => {
    if (rows.length > 1) throw new PlatformError("internal", "the model failed: Reshape");
    return column(rows.map(sum));
  });
  assert.equal(found.rowsReason, "rows that run alone fail together: the model failed: Reshape");
});

test("a model that does not take the samples is not joined, unless its manifest says so", async () => {
  const fails = () => {
    throw new PlatformError("invalid_argument", "the model does not take these inputs: x");
  };
  const found = await probe(fails);
  assert.deepEqual(
    [found.rows, found.rowsReason],
    ["none", "it could not be tried: the model does not take these inputs: x"],
  );
  const manifest = manifestSchema.parse({ batching: { mode: "rows" } });
  assert.equal((await probe(fails, SIGNATURE, manifest)).rows, "independent");
  const fixed: Signature = { ...SIGNATURE, inputs: [spec("x", [2, 2])] };
  assert.equal((await probe(fails, fixed, manifest)).rowsReason, 'input "x" has no batch axis');
});

test("a model without memory for one row is refused", async () => {
  const fails = () => {
    throw new PlatformError("internal", "the model failed: Failed to allocate memory for requested buffer");
  };
  await assert.rejects(probe(fails), { code: "failed_precondition" });
});

test("an input without a batch axis, and a run that was stopped, are said", async () => {
  const fixed: Signature = { ...SIGNATURE, inputs: [spec("x", [1, 2])] };
  const found = await probe((rows) => column(rows.map(sum)), fixed);
  assert.deepEqual([found.rowsReason, found.shapesHold], ['input "x" has no batch axis', true]);
  const stopped = await probe(() => {
    throw new PlatformError("cancelled", "stopped");
  });
  assert.deepEqual([stopped.isSlow, stopped.rows], [true, "none"]);
});
