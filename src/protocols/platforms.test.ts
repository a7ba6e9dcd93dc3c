import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { callRest } from "../../test/kit/call-rest.ts";
import { fakePlanes, identity, spec } from "../../test/kit/fake-planes.ts";
import { PlatformError } from "../base/index.ts";
import { tensorOf } from "../tensor/index.ts";
import { decodeScoring, mlflowScoring } from "./mlflow/mlflow.ts";
import { payloadPart } from "./sagemaker/event-stream.ts";
import { sageMaker } from "./sagemaker/sagemaker.ts";
import { decodePredictBody } from "./tfserving/decode.ts";
import { encodePredictions } from "./tfserving/encode.ts";
import { tfServingRest } from "./tfserving/tfserving.ts";
import { torchServe } from "./torchserve/torchserve.ts";
import { decodeInstances, vertex } from "./vertex/vertex.ts";

const LIMITS = { maxBodyBytes: 1 << 20, version: "0.0.0-test", isContainer: true };
const planes = fakePlanes({ one: identity("FP32", [-1, 2]) });
const signature = { inputs: [spec("x", "FP32", [-1, 2])], outputs: [spec("y", "FP32", [-1, 2])] };

test("rows and columns of TensorFlow Serving mean the same tensors", () => {
  const body = (value: object) => Buffer.from(JSON.stringify(value));
  const rows = decodePredictBody(
    body({
      instances: [
        [1, 2],
        [3, 4],
      ],
    }),
    signature,
  );
  const named = decodePredictBody(body({ instances: [{ x: [1, 2] }, { x: [3, 4] }] }), signature);
  const columns = decodePredictBody(
    body({
      inputs: {
        x: [
          [1, 2],
          [3, 4],
        ],
        more: 1,
      },
    }),
    signature,
  );
  assert.deepEqual(rows.payload, named.payload);
  assert.deepEqual(rows.payload, columns.payload);
  assert.deepEqual([rows.form, columns.form], ["row", "columnar"]);
});

test("floats of TensorFlow Serving keep a point, and what is no number is bare", () => {
  const outputs = new Map([["y", tensorOf("FP32", [1, 4], [1, 0.1, Number.NaN, Number.NEGATIVE_INFINITY])]]);
  assert.equal(encodePredictions(outputs, "row"), '{"predictions":[[1.0,0.1,NaN,-Infinity]]}');
  assert.equal(encodePredictions(outputs, "columnar"), '{"outputs":[[1.0,0.1,NaN,-Infinity]]}');
  const bytes = new Map([
    ["image_bytes", tensorOf("BYTES", [1], ["a"])],
    ["n", tensorOf("INT64", [1], [2n ** 60n])],
  ]);
  assert.equal(
    encodePredictions(bytes, "row"),
    `{"predictions":[{"image_bytes":{"b64":"YQ=="},"n":${2n ** 60n}}]}`,
  );
});

test("a frame of an event stream tells its own length", () => {
  const frame = Buffer.from(payloadPart(Buffer.from("hello")));
  assert.equal(frame.readUInt32BE(0), frame.length);
  assert.ok(frame.includes("PayloadPart"));
});

const WIRES = [
  { protocol: tfServingRest(planes), path: "/v1/models/one:predict" },
  { protocol: tfServingRest(planes), path: "/v1/models/one:classify" },
  { protocol: tfServingRest(planes), path: "/v1/models/one:regress" },
  { protocol: sageMaker(planes, LIMITS), path: "/invocations" },
  { protocol: sageMaker(planes, LIMITS), path: "/endpoints/one/invocations" },
  { protocol: vertex(planes, LIMITS), path: "/v1/projects/p/locations/l/endpoints/one:predict" },
  { protocol: vertex(planes, LIMITS), path: "/v1/projects/p/locations/l/endpoints/one:rawPredict" },
  { protocol: mlflowScoring(planes, LIMITS), path: "/invocations" },
  { protocol: torchServe(planes, LIMITS), path: "/predictions/one" },
];

const json = fc.json({ maxDepth: 4 });
const keys = fc.constantFrom(
  "instances",
  "inputs",
  "examples",
  "context",
  "dataframe_split",
  "dataframe_records",
  "b64",
  "httpBody",
  "signature_name",
);
const likely = fc.dictionary(keys, fc.jsonValue({ maxDepth: 3 })).map((value) => JSON.stringify(value));
const bodies = fc.oneof(
  json,
  likely,
  fc.string(),
  fc.constantFrom("", "{", "[", "null", '{"instances":'.repeat(200)),
);
const types = fc.constantFrom(
  "application/json",
  "text/csv",
  "application/x-npy",
  "application/jsonlines",
  "",
  "a/b",
);

describe("hostile bodies are refused in the form of each wire, never by a fault", () => {
  for (const { protocol, path } of WIRES) {
    test(`${protocol.name}: ${path}`, async () => {
      await fc.assert(
        fc.asyncProperty(bodies, types, async (body, type) => {
          const { status, text } = await callRest(protocol, "POST", path, {
            body,
            headers: { "content-type": type },
          });
          assert.ok(status < 500 || status === 501, `${status} ${text} for ${body.slice(0, 200)}`);
        }),
        { numRuns: 150 },
      );
    });
  }
});

test("scoring requests have exactly one form, and instances are a list", () => {
  for (const body of [
    "{}",
    '{"inputs":[],"instances":[]}',
    '{"dataframe_split":{"columns":["a"],"data":[[1,2]]}}',
    "[]",
  ]) {
    assert.throws(
      () => decodeScoring(Buffer.from(body)),
      (thrown) => thrown instanceof PlatformError,
    );
  }
  const split = decodeScoring(Buffer.from('{"dataframe_split":{"columns":["a","b"],"data":[[1,"x"]]}}'));
  assert.deepEqual(split, { kind: "rows", rows: [{ a: 1, b: "x" }] });
  assert.throws(() => decodeInstances(Buffer.from('{"instances":{}}')), { code: "invalid_argument" });
  assert.equal(decodeInstances(Buffer.from('{"instances":[{"b64":"YQ=="}]}')).kind, "contents");
});
