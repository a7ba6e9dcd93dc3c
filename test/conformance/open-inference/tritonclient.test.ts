import assert from "node:assert/strict";
import { after, before, describe, type TestContext, test } from "node:test";
import { runPythonTests } from "../../kit/python-tests.ts";
import { needs } from "../../kit/require.ts";
import { startServer, type TestServer } from "../../kit/server.ts";

const MODELS = "test/artifacts/models";

describe("the stock Python client tritonclient", { skip: needs("tritonclient") }, () => {
  let server: TestServer;
  before(async () => {
    server = await startServer({ models: MODELS, args: ["--version-policy", "all"] });
  });
  after(async () => {
    assert.equal(await server.stop(), 0, server.output());
  });

  test("works over REST", async (t) => runModule(t, server, "test_http.py", 28));
  test("works over gRPC", async (t) => runModule(t, server, "test_grpc.py", 15));
  test("works with asyncio", async (t) => runModule(t, server, "test_aio.py", 4));
});

test("tritonclient loads and unloads models", { skip: needs("tritonclient") }, async (t) => {
  const server = await startServer({ models: MODELS, args: ["--model-control", "explicit"] });
  try {
    await runModule(t, server, "test_repository.py", 3);
  } finally {
    assert.equal(await server.stop(), 0, server.output());
  }
});

const runModule = async (t: TestContext, server: TestServer, module: string, least: number) =>
  runPythonTests(t, server, { folder: "open-inference", module, least });
