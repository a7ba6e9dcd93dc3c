import assert from "node:assert/strict";
import { Deadlines, systemClock } from "../../../src/base/index.ts";
import { openInferenceRest } from "../../../src/protocols/index.ts";
import { mutate } from "../mutate.ts";
import { planes, post } from "../planes.ts";
import type { Random } from "../random.ts";
import type { FuzzTarget } from "../target.ts";

const protocol = openInferenceRest(planes, {
  version: "0.0.0",
  maxBodyBytes: 1 << 20,
  deadlines: new Deadlines(systemClock),
});
const INFER = "/v2/models/{model}/infer";

const JSON_SEED = Buffer.from(
  JSON.stringify({
    id: "1",
    parameters: { priority: 1, note: "x", binary_data_output: false },
    inputs: [
      { name: "numbers", shape: [2, 1], datatype: "FP32", data: [[1.5], [-2e-3]] },
      { name: "text", shape: [2, 1], datatype: "BYTES", data: ["a", "Zürich \\u0000"] },
      { name: "count", shape: [2, 1], datatype: "INT64", data: [42, -1] },
    ],
    outputs: [{ name: "text" }, { name: "numbers", parameters: { binary_data: true } }],
  }),
);

const HEAD = Buffer.from(
  JSON.stringify({
    inputs: [
      { name: "numbers", shape: [2, 1], datatype: "FP32", parameters: { binary_data_size: 8 } },
      { name: "text", shape: [2, 1], datatype: "BYTES", parameters: { binary_data_size: 11 } },
      { name: "count", shape: [2, 1], datatype: "INT64", parameters: { binary_data_size: 16 } },
    ],
    parameters: { binary_data_output: true },
  }),
);
const TAIL = Buffer.concat([
  Buffer.from(Float32Array.of(1, 2).buffer),
  Buffer.from([1, 0, 0, 0, 97, 2, 0, 0, 0, 98, 99]),
  Buffer.from(BigInt64Array.of(1n, -1n).buffer),
]);

/** A request is answered, or refused in the contract's form with a reason. */
async function check(headers: Readonly<Record<string, string>>, body: Uint8Array): Promise<void> {
  const { status, body: answer } = await post(protocol, INFER, headers, body);
  if (status === 200) return;
  const text = typeof answer === "string" ? answer : Buffer.from(answer as Uint8Array).toString("utf8");
  const { error } = JSON.parse(text) as { readonly error: string };
  assert.ok(typeof error === "string" && error.length > 0, text);
  // The contract answers malformed JSON with 500; nothing else may be the server's fault.
  assert.ok(status < 500 || (status === 500 && /JSON|parse/i.test(error)), `${status} ${error}`);
}

/** Damaged JSON bodies of the Open Inference Protocol. */
export const v2JsonTarget: FuzzTarget = {
  name: "v2-json",
  run: async (random) => check({}, mutate(JSON_SEED, random)),
};

/** Damaged bodies with binary tensors after the JSON, and wrong lengths. */
export const v2BinaryTarget: FuzzTarget = {
  name: "v2-binary",
  run: async (random) => {
    const head = random.below(2) === 0 ? HEAD : mutate(HEAD, random, TAIL);
    const tail = random.below(2) === 0 ? TAIL : mutate(TAIL, random, HEAD);
    const headers = { "inference-header-content-length": lengthOf(head, random) };
    await check(headers, Buffer.concat([head, tail]));
  },
};

function lengthOf(head: Uint8Array, random: Random): string {
  if (random.below(4) > 0) return String(head.length);
  return random.pick([String(random.below(400)), "-1", "1e2", "", "x", "99999999999999999999"]);
}
