import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after, before, describe, type TestContext, test } from "node:test";
import { conformancePython, needs } from "../../kit/require.ts";
import { startServer, type TestServer } from "../../kit/server.ts";

/** One line of run.py. */
interface Line {
  readonly name: string;
  readonly problems: readonly string[];
}

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

/** Every test of a Python module as a subtest; there must be at least `least`, lest none be found and all pass. */
async function runModule(t: TestContext, server: TestServer, module: string, least: number): Promise<void> {
  const lines = await runPython(server, module);
  assert.ok(lines.length >= least, `${lines.length} tests ran, expected ${least} at least`);
  for (const { name, problems } of lines) {
    await t.test(name, () => assert.equal(problems.join("\n"), ""));
  }
}

async function runPython(server: TestServer, pattern: string): Promise<Line[]> {
  const child = spawn(conformancePython, ["test/conformance/open-inference/run.py", pattern], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      SIRVE_HTTP: new URL(server.url).host,
      SIRVE_GRPC: server.grpc,
      PYTHONDONTWRITEBYTECODE: "1",
    },
  });
  const lines: Line[] = [];
  for await (const line of createInterface(child.stdout)) lines.push(parseLine(line));
  return lines;
}

function parseLine(line: string): Line {
  const parsed: unknown = JSON.parse(line);
  assert.ok(typeof parsed === "object" && parsed !== null && "name" in parsed && "problems" in parsed, line);
  assert.ok(typeof parsed.name === "string" && Array.isArray(parsed.problems), line);
  return { name: parsed.name, problems: parsed.problems.map(String) };
}
