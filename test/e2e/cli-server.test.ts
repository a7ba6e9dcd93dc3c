import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { collect, type Ran, runSirve, startSirve } from "../kit/command-line.ts";
import { startServer, type TestServer } from "../kit/server.ts";
import { until } from "../kit/until.ts";

/** What is sent to each example model. */
const INPUTS: Readonly<Record<string, string>> = {
  "flight-delay": "flights.json",
  churn: "customers.json",
  spam: "spam.txt",
  fashion: "ankle-boot.png",
  ocr: "text-line.png",
  "voice-activity": "speech.wav",
};

let server: TestServer;
let port: string;
before(async () => {
  server = await startServer({ models: "examples/models", args: ["--example", "--log-level", "warn"] });
  port = new URL(server.url).port;
});
after(async () => server.stop());

const run = async (...args: string[]): Promise<Ran> => runSirve([...args, "--url", server.url]);

test("serve prints one box, a row for each model, and a request for each that works as pasted", async () => {
  await until("the last request", () => server.output().includes("/predict/voice-activity -H"));
  const output = server.output();
  for (const part of [
    `${server.url}/predict/<model>`,
    `page     ${server.url}/ `,
    `${server.url}/metrics`,
    server.grpc,
  ]) {
    assert.ok(output.includes(part), part);
  }
  for (const model of Object.keys(INPUTS)) {
    assert.match(output, new RegExp(`^${model} .*ready`, "m"));
    const [curl] = new RegExp(`curl .*/predict/${model} .*`).exec(output) ?? [];
    assert.ok(curl, model);
    const answer = await collect(spawn("bash", ["-c", `${curl} --fail-with-body`]));
    assert.equal(answer.code, 0, `${curl}: ${answer.stdout}`);
    assert.equal((JSON.parse(answer.stdout) as { model: string }).model, model);
  }
});

test("predict answers for every example, image, sound and text included", async () => {
  for (const [model, file] of Object.entries(INPUTS)) {
    const { code, stdout, stderr } = await run("predict", model, "--input", `examples/data/${file}`);
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`^${model} version \\d$`, "m"));
  }
  const { stdout } = await run("predict", "ocr", "--input", "examples/data/text-line.png", "-o", "json");
  assert.equal((JSON.parse(stdout) as { model: string }).model, "ocr");
});

test("a wrong row is refused with its column, and the exit code says so", async () => {
  const ran = await runSirve(["predict", "flight-delay", "--input", "-", "--url", server.url], {
    input: '[{"origin": 5, "destination": "ORD"}]',
  });
  assert.equal(ran.code, 4);
  assert.match(ran.stderr, /^error: .*origin/);
});

test("models list and show tell state, batching, tensors and columns", async () => {
  const list = JSON.parse((await run("models", "list", "-o", "json")).stdout) as { model: string }[];
  assert.deepEqual(list.map(({ model }) => model).toSorted(), Object.keys(INPUTS).toSorted());
  const { stdout } = await run("models", "show", "flight-delay");
  assert.match(stdout, /in +origin +BYTES/);
  assert.match(stdout, /COLUMN +TAKES +MEANING/);
});

test("models that follow the folder are not loaded by name, and the hint says what to do", async () => {
  const { code, stderr } = await run("models", "load", "fashion");
  assert.equal(code, 4);
  assert.match(stderr, /hint: .*--model-control explicit/);
});

test("bench measures every wire without an error, with the server's split", async () => {
  const args = ["--concurrency", "1,4", "--max-requests", "60", "--window-ms", "100", "-o", "json"];
  const wires = ["--wire", "native,v2-json,v2-binary,grpc", "--grpc-url", `http://${server.grpc}`];
  const { code, stdout, stderr } = await run("bench", "flight-delay", ...args, ...wires);
  assert.equal(code, 0, stdout + stderr);
  const levels = JSON.parse(stdout) as {
    wire: string;
    throughput: number;
    latencyMs: { count: number; p50: number; p99: number };
    server: { computeUs: number };
  }[];
  assert.deepEqual(
    levels.map(({ wire }) => wire),
    ["native", "native", "v2-json", "v2-json", "v2-binary", "v2-binary", "grpc", "grpc"],
  );
  for (const { throughput, latencyMs, server: split } of levels) {
    assert.ok(throughput > 0 && latencyMs.count > 0 && latencyMs.p50 <= latencyMs.p99);
    assert.ok(split.computeUs > 0);
  }
});

test("bench counts refusals by what they say, and ends with 1", async () => {
  const args = ["--max-requests", "5", "--input", "examples/data/spam.txt"];
  const { code, stdout } = await run("bench", "fashion", ...args);
  assert.equal(code, 1);
  assert.match(stdout, /5 × invalid_argument: /);
});

test("bench ended by Ctrl-C prints what it has measured", async () => {
  const earlier = await answered("flight-delay");
  const child = startSirve([
    "bench",
    "flight-delay",
    "--tolerance",
    "1",
    "--window-ms",
    "50",
    "--max-seconds",
    "60",
    "--url",
    server.url,
  ]);
  const ran = collect(child);
  await until("twenty answers", async () => (await answered("flight-delay")) >= earlier + 20);
  child.kill("SIGINT");
  const { code, stdout } = await ran;
  // The three windows may have agreed before.
  assert.ok(code === 130 || code === 0, String(code));
  assert.match(stdout, /native +1 at once/);
});

/** Requests that the server has answered for a model. */
async function answered(model: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const isCounted = (line: string) => line.startsWith("sirve_requests_total") && line.includes(`"${model}"`);
  return Number(text.split("\n").find(isCounted)?.split(" ").at(-1) ?? 0);
}

test("top shows the load of each version", async () => {
  const bench = run("bench", "flight-delay", "--max-seconds", "4", "--tolerance", "1", "--window-ms", "1500");
  const { code, stdout } = await run("top", "--once", "-o", "json");
  assert.equal(code, 0);
  const loads = JSON.parse(stdout) as { model: string; requestsPerSecond: number; costUs: number }[];
  const load = loads.find(({ model }) => model === "flight-delay");
  assert.ok(load && load.requestsPerSecond > 1 && load.costUs > 0, stdout);
  await bench;
  assert.match((await run("top", "--once")).stdout, /^MODEL +VERSION +REQ\/S/);
});

test("doctor finds the engine, passes every example model, and sees the running server", async () => {
  const { code, stdout } = await run(
    "doctor",
    "examples/models",
    "-o",
    "json",
    "--http-port",
    port,
    "--grpc-port",
    "0",
  );
  const findings = JSON.parse(stdout) as { check: string; status: string; detail: string }[];
  assert.equal(code, 0, stdout);
  const detailOf = (check: string) => findings.find((one) => one.check === check)?.detail ?? "";
  assert.match(detailOf("engine"), /^onnxruntime \d/);
  assert.match(detailOf("http port"), /a server runs already/);
  assert.ok(findings.filter(({ check }) => check === "model").length >= Object.keys(INPUTS).length);
});

test("a port in use ends serve at once and says which flag changes it", async () => {
  const { code, stderr } = await runSirve([
    "serve",
    "examples/models",
    "--http-port",
    port,
    "--log-level",
    "error",
  ]);
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`error: port ${port} .* is in use.*\\nhint: .*--http-port`));
});

test("an address beyond loopback is refused without --insecure", async () => {
  const { code, stderr } = await runSirve([
    "serve",
    "examples/models",
    "--http-host",
    "0.0.0.0",
    "--http-port",
    "0",
  ]);
  assert.equal(code, 1);
  assert.match(stderr, /--insecure/);
});

test("serve without examples for --example says what is missing", async () => {
  const args = [
    "serve",
    "test/artifacts",
    "--example",
    "--http-port",
    "0",
    "--grpc-port",
    "0",
    "--log-level",
    "silent",
  ];
  const { code, stderr } = await runSirve([...args, "--model-control", "explicit"]);
  assert.equal(code, 2);
  assert.match(stderr, /no examples: .*requests\.json/);
});

test("SIGTERM ends serve with 0", async () => {
  const child = startSirve([
    "serve",
    "examples/models",
    "--model-control",
    "explicit",
    "--http-port",
    "0",
    "--grpc-port",
    "0",
  ]);
  const ran = collect(child);
  let isUp = false;
  child.stdout?.on("data", (text: Buffer) => {
    isUp ||= text.includes("Sirve");
  });
  await until("the start", () => isUp || child.exitCode !== null);
  child.kill("SIGTERM");
  assert.equal((await ran).code, 0);
});

test("models are loaded and unloaded by name with --model-control explicit", async () => {
  const explicit = await startServer({ models: "examples/models", args: ["--model-control", "explicit"] });
  try {
    const at = ["--url", explicit.url];
    const input = ["--input", "examples/data/customers.json"];
    assert.equal((await runSirve(["predict", "churn", ...input, ...at])).code, 5);
    const loaded = await runSirve(["models", "load", "churn", "--model-version", "1", ...at]);
    assert.match(loaded.stdout, /churn +\* 1 +ready/);
    assert.equal((await runSirve(["predict", "churn", ...input, ...at])).code, 0);
    const unloaded = await runSirve(["models", "unload", "churn", ...at]);
    assert.match(unloaded.stdout, /churn +1 +unloaded/);
    assert.equal((await runSirve(["models", "load", "nope", ...at])).code, 4);
  } finally {
    assert.equal(await explicit.stop(), 0);
  }
});

test("with --dev a handler runs, and an edit of it answers once it is saved", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sirve-dev-"));
  const path = join(folder, "twice", "1", "handler.js");
  const save = (factor: number) =>
    writeFileSync(
      path,
      `const spec = { x: { dtype: "FP32", shape: [-1, 1] } };
      export default { inputs: spec, outputs: spec, predict: ({ x }) => ({ x: { ...x, data: x.data.map((v) => v * ${factor}) } }) };`,
    );
  mkdirSync(dirname(path), { recursive: true });
  save(2);
  const dev = await startServer({ models: folder, args: ["--dev", "--log-level", "warn"] });
  const asked = async () => {
    const body = JSON.stringify({ inputs: { x: [[5]] } });
    const reply = await fetch(`${dev.url}/predict/twice`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    return ((await reply.json()) as { outputs?: { x: number[][] } }).outputs?.x[0]?.[0];
  };
  try {
    await until("the first handler", async () => (await asked()) === 10);
    save(3);
    await until("the edited handler", async () => (await asked()) === 15);
  } finally {
    await dev.stop();
    rmSync(folder, { recursive: true });
  }
});
