import assert from "node:assert/strict";
import { test } from "node:test";
import { PlatformError } from "../../base/index.ts";
import { type Tensors, tensorOf } from "../../tensor/index.ts";
import type { RemoteAnswer } from "./exchange.ts";
import { parseRemote } from "./remote-file.ts";
import { openTensorFlowServing } from "./tensorflow-serving.ts";
import type { Wire } from "./wire.ts";

const REMOTE = parseRemote(
  Buffer.from(
    JSON.stringify({ url: "http://old", protocol: "tensorflow-serving", model: "a b", version: "3" }),
  ),
);

const dims = (...sizes: number[]) => ({ dim: sizes.map((size) => ({ size: String(size), name: "" })) });
const answerOf = (text: string): RemoteAnswer => ({ status: 200, headers: {}, body: Buffer.from(text) });

const SERVING = {
  inputs: {
    x: { dtype: "DT_FLOAT", tensor_shape: dims(-1, 2) },
    s: { dtype: "DT_STRING", tensor_shape: dims(-1) },
  },
  outputs: {
    y: { dtype: "DT_INT64", tensor_shape: dims(-1) },
    z: { dtype: "DT_STRING", tensor_shape: dims(-1) },
  },
};

async function opened(serving: object = SERVING): Promise<{ wire: Wire; paths: string[] }> {
  const paths: string[] = [];
  const body = { metadata: { signature_def: { signature_def: { serving_default: serving } } } };
  const wire = await openTensorFlowServing(REMOTE, async ({ path }) => {
    paths.push(path);
    return answerOf(JSON.stringify(body));
  });
  return { wire, paths };
}

const EXPECTED = { rows: 2, wanted: undefined };

test("it is asked in columns, at its version, with bytes that are no text in base64", async () => {
  const { wire, paths } = await opened();
  assert.deepEqual(paths, ["/v1/models/a%20b/versions/3/metadata"]);
  const inputs: Tensors = new Map([
    ["x", tensorOf("FP32", [2, 2], [0.1, Number.NaN, 3, 4])],
    ["s", tensorOf("BYTES", [2], ["a", "ü"])],
  ]);
  const [request] = wire.encode(inputs, undefined);
  assert.equal(request?.path, "/v1/models/a%20b/versions/3:predict");
  const text = Buffer.from(request.body ?? []).toString();
  assert.equal(text, '{"inputs":{"x":[[0.1,NaN],[3,4]],"s":["a","ü"]}}');
});

test("its outputs are read by their signature, 64 bits and base64 without loss", async () => {
  const { wire } = await opened();
  const text = '{"outputs":{"y":[9007199254740993,-1],"z":["ü",{"b64":"/w=="}]}}';
  const outputs = wire.decode([answerOf(text)], EXPECTED);
  assert.deepEqual(outputs.get("y")?.data, BigInt64Array.of(9007199254740993n, -1n));
  assert.deepEqual([...outputs.keys()], ["y", "z"]);
  const chosen = wire.decode([answerOf(text)], { rows: 2, wanted: ["z"] });
  assert.deepEqual([...chosen.keys()], ["z"]);
});

test("an only output comes without its name", async () => {
  const { wire } = await opened({ ...SERVING, outputs: { y: SERVING.outputs.y } });
  assert.deepEqual(
    wire.decode([answerOf('{"outputs":[1,2]}')], EXPECTED).get("y")?.data,
    BigInt64Array.of(1n, 2n),
  );
});

test("an answer that does not fit the signature is told by the output", async () => {
  const { wire } = await opened();
  const wrong: readonly (readonly [string, string])[] = [
    ["{}", "outputs"],
    ['{"outputs":{"y":[1,2]}}', "outputs.z"],
    ['{"outputs":{"y":[1],"z":["a"]}}', "outputs.y"],
    ['{"outputs":{"y":[[1],[2,3]],"z":["a","b"]}}', "outputs.y"],
    ['{"outputs":{"y":[1,NaN],"z":["a","b"]}}', "outputs.y[1]"],
    ['{"outputs":{"y":[1,2],"z":["a",7]}}', "outputs.z[1]"],
  ];
  for (const [text, field] of wrong) {
    assert.throws(
      () => wire.decode([answerOf(text)], EXPECTED),
      (thrown) => PlatformError.from(thrown).details.field === field,
      text,
    );
  }
});

test("metadata without sizes or with a dtype that is not served is refused", async () => {
  const unranked = { dtype: "DT_FLOAT", tensor_shape: { unknown_rank: true } };
  const complex = { dtype: "DT_COMPLEX64", tensor_shape: dims(-1) };
  for (const [x, field] of [
    [unranked, "inputs.x.tensor_shape"],
    [complex, "inputs.x.dtype"],
  ] as const) {
    await assert.rejects(
      opened({ ...SERVING, inputs: { x } }),
      (thrown) => PlatformError.from(thrown).details.field === field,
    );
  }
});
