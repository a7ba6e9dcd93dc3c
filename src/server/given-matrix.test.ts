import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { givenMatrix } from "./given-matrix.ts";
import { readGivenRows } from "./given-rows.ts";

const folder = mkdtempSync(join(tmpdir(), "sirve-given-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const columns = ["age", "income"].map((name) => ({ name, optional: true }));
const model = { features: 2, manifest: { manifestVersion: 1, columns } };

async function matrixOf(content: string | Uint8Array): Promise<number[]> {
  const path = join(folder, "samples");
  writeFileSync(path, content);
  return [...(await givenMatrix(await readGivenRows(path), path, model))];
}

/** A file of numpy. */
function npy(shape: string, data: Float32Array): Uint8Array {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }`;
  const head = Buffer.from("\u0093NUMPY\u0001\0\0\0", "latin1");
  head.writeUInt16LE(header.length, 8);
  return Buffer.concat([head, Buffer.from(header), Buffer.from(data.buffer)]);
}

test("rows are taken as a request's are: CSV with a header or without, JSON by name or in order, arrays", async () => {
  const expected = [1.5, 2, Number.NaN, 3];
  assert.deepEqual(await matrixOf("income,age\n2,1.5\n3,\n"), expected);
  assert.deepEqual(await matrixOf("1.5,2\n,3\n"), expected);
  assert.deepEqual(await matrixOf('[{"income": 2, "age": 1.5}, {"income": 3}]'), expected);
  assert.deepEqual(await matrixOf('{"rows": [[1.5, 2], [null, 3]]}'), expected);
  assert.deepEqual(await matrixOf('{"inputs": {"features": [[1.5, 2], [4, 3]]}}'), [1.5, 2, 4, 3]);
  assert.deepEqual(await matrixOf(npy("2, 2", Float32Array.of(1.5, 2, Number.NaN, 3))), expected);
});

test("what is no rows of the model is refused, with the file and what is wrong with it", async () => {
  const cases: [string | Uint8Array, RegExp][] = [
    ["age,town\n1,2\n", /samples cannot be taken: .*town/],
    ["age,income\n1,much\n", /income/],
    ['{"rows": []}', /at least one row|empty/],
    ["[[1, 2, 3]]", /3/],
    ["{", /samples cannot be taken/],
    ["", /samples cannot be taken: the CSV is empty/],
    ['{"text": "words"}', /pictures, sounds or texts/],
    [npy("4,", Float32Array.of(1, 2, 3, 4)), /FP32 of the shape \[4\]/],
    [npy("0, 2", new Float32Array(0)), /shape \[0, 2\]/],
    [npy("3, 2", Float32Array.of(1, 2)), /numpy file/],
    ["PK\u0003\u0004", /archive of arrays/],
  ];
  for (const [content, message] of cases) {
    await assert.rejects(matrixOf(content), (thrown: { message: string; details: { field?: string } }) => {
      assert.match(thrown.message, message);
      assert.equal(thrown.details.field, "--samples");
      return true;
    });
  }
  await assert.rejects(readGivenRows(join(folder, "none")), {
    code: "not_found",
    message: /--samples .*none/,
  });
});
