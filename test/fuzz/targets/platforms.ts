import assert from "node:assert/strict";
import {
  type HttpProtocol,
  mlflowScoring,
  sageMaker,
  tfServingRest,
  torchServe,
  vertex,
} from "../../../src/protocols/index.ts";
import { encodeNpy, tensorOf } from "../../../src/tensor/index.ts";
import { mutate } from "../mutate.ts";
import { planes, post } from "../planes.ts";
import type { Random } from "../random.ts";
import type { FuzzTarget } from "../target.ts";

const OPTIONS = { maxBodyBytes: 1 << 20, version: "0.0.0-fuzz", isContainer: true };

/** A protocol, the route that predicts, and bodies that it takes. */
interface Wire {
  readonly protocol: HttpProtocol;
  readonly path: string;
  readonly bodies: readonly (readonly [mediaType: string, body: Uint8Array])[];
}

const row = { numbers: 1.5, text: "a", count: 9 };
const columns = { numbers: [[1], [2]], text: [["a"], ["b"]], count: [[1], [2]] };
const json = (...values: readonly object[]) =>
  values.map((value) => ["application/json", Buffer.from(JSON.stringify(value))] as const);
const csv = ["text/csv", Buffer.from("numbers,text,count\n1,a,2\n")] as const;
const npy = [
  "application/x-npy",
  Buffer.concat(encodeNpy(tensorOf("FP32", [2, 3], [1, 2, 3, 4, 5, 6]))),
] as const;
const split = { columns: Object.keys(row), data: [Object.values(row)] };

const TENSORFLOW = json(
  { instances: [row, row] },
  { inputs: columns },
  { signature_name: "serving_default", instances: [{ ...row, text: { b64: "YQ==" } }] },
  { examples: [row], context: { numbers: 2 } },
);
const tensorFlow = tfServingRest(planes);
const sagemaker = sageMaker(planes, OPTIONS);
const WIRES: readonly Wire[] = [
  ...[":predict", ":classify", ":regress"].map((verb) => {
    return { protocol: tensorFlow, path: `/v1/models/{model}${verb}`, bodies: TENSORFLOW };
  }),
  {
    protocol: sagemaker,
    path: "/endpoints/{endpoint}/invocations",
    bodies: [
      csv,
      npy,
      ...json({ rows: [row] }, { instances: [row] }, { instances: [{ features: [1, "a", 2] }] }),
    ],
  },
  {
    protocol: sagemaker,
    path: "/endpoints/{endpoint}/invocations-response-stream",
    bodies: json({ rows: [row] }),
  },
  {
    protocol: mlflowScoring(planes, OPTIONS),
    path: "/invocations",
    bodies: [
      csv,
      ...json(
        { dataframe_split: split },
        { dataframe_records: [row] },
        { inputs: columns },
        { instances: [row] },
      ),
    ],
  },
  {
    protocol: torchServe(planes, OPTIONS),
    path: "/predictions/{model}",
    bodies: [csv, ["text/plain", Buffer.from("hello")], ...json({ rows: [row] }, { instances: [row] })],
  },
  {
    protocol: vertex(planes, OPTIONS),
    path: "/v1/projects/{project}/locations/{location}/endpoints/{endpoint}:predict",
    bodies: json({ instances: [row], parameters: {} }, { instances: [[1, "a", 2]] }),
  },
];

/** A damaged body is answered, or refused in the wire's own form: 500 is ours. */
async function check({ protocol, path, bodies }: Wire, random: Random): Promise<void> {
  const [mediaType, body] = random.pick(bodies);
  const [, other] = random.pick(bodies);
  const headers = random.below(8) === 0 ? {} : { "content-type": mediaType };
  const { status, body: answer } = await post(protocol, path, headers, mutate(body, random, other));
  const text =
    typeof answer === "string" ? answer : Buffer.concat([answer].flat() as Uint8Array[]).toString();
  assert.ok(status !== 500, `${protocol.name} ${path}: ${status} ${text}`);
  if (status >= 400) JSON.parse(text);
}

/** Damaged bodies on the wires of other servers and platforms. */
export const platformsTarget: FuzzTarget = {
  name: "platforms",
  run: async (random) => check(random.pick(WIRES), random),
};
