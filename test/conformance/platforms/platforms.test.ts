import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  InvokeEndpointCommand,
  InvokeEndpointWithResponseStreamCommand,
  SageMakerRuntimeClient,
} from "@aws-sdk/client-sagemaker-runtime";
import { runPythonTests } from "../../kit/python-tests.ts";
import { needs } from "../../kit/require.ts";
import { startServer, type TestServer } from "../../kit/server.ts";

const FLIGHT = { origin: "ORD", destination: "MSP", distance: 334, hour: 13, dayOfWeek: 3, month: 6 };
const PICTURE = "examples/data/ankle-boot.png";

let server: TestServer;
before(async () => {
  server = await startServer({ models: "examples/models" });
});
after(async () => {
  assert.equal(await server.stop(), 0, server.output());
});

describe("stock Python clients of managed platforms", { skip: needs("platform clients") }, () => {
  const run = (module: string, least: number) => async (t: Parameters<typeof runPythonTests>[0]) =>
    runPythonTests(t, server, { folder: "platforms", module, least, env: { SIRVE_PICTURE: PICTURE } });
  test("boto3 invokes endpoints of SageMaker", run("test_boto3.py", 7));
  test("google-cloud-aiplatform predicts on Vertex", run("test_vertex.py", 5));
  test("a REST client of TensorFlow Serving predicts, classifies and describes", run("test_tfserving.py", 7));
});

const client = () =>
  new SageMakerRuntimeClient({
    endpoint: server.url,
    region: "us-east-1",
    credentials: { accessKeyId: "any", secretAccessKey: "any" },
    maxAttempts: 1,
  });

test("the AWS SDK for JavaScript invokes an endpoint", async () => {
  const answer = await client().send(
    new InvokeEndpointCommand({
      EndpointName: "flight-delay",
      ContentType: "application/json",
      Body: JSON.stringify(FLIGHT),
    }),
  );
  const { predictions } = JSON.parse(Buffer.from(answer.Body ?? []).toString()) as {
    predictions: { label: string }[];
  };
  assert.equal(predictions[0]?.label, "on time");
  assert.equal(answer.InvokedProductionVariant, "AllTraffic");
});

test("the AWS SDK for JavaScript reads a response stream", async () => {
  const answer = await client().send(
    new InvokeEndpointWithResponseStreamCommand({
      EndpointName: "flight-delay",
      ContentType: "application/json",
      Body: JSON.stringify(FLIGHT),
    }),
  );
  const parts: Uint8Array[] = [];
  for await (const event of answer.Body ?? []) {
    if (event.PayloadPart?.Bytes) parts.push(event.PayloadPart.Bytes);
  }
  assert.match(Buffer.concat(parts).toString(), /on time/);
});

test("the AWS SDK for JavaScript has the model's own words when a row is refused", async () => {
  await assert.rejects(
    client().send(
      new InvokeEndpointCommand({
        EndpointName: "flight-delay",
        ContentType: "application/json",
        Body: JSON.stringify({ ...FLIGHT, distance: "far" }),
      }),
    ),
    (thrown: Error & { OriginalStatusCode?: number; OriginalMessage?: string }) => {
      assert.equal(thrown.name, "ModelError");
      assert.equal(thrown.OriginalStatusCode, 400);
      return /distance/.test(thrown.OriginalMessage ?? "");
    },
  );
});
