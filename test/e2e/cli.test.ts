import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { runSirve } from "../kit/command-line.ts";
import { type FakeReply, type Received, startFakeServer } from "../kit/fake-server.ts";

const folder = mkdtempSync(join(tmpdir(), "sirve-cli-"));
after(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const MODELS = [
  {
    model: "flight",
    serving: 2,
    versions: [
      { version: 1, state: "failed", reason: "bad \u001b[31mfile" },
      {
        version: 2,
        state: "ready",
        artifactBytes: 2048,
        memoryBytes: 3_145_728,
        loadMs: 12.4,
        batching: { mode: "rows", maxRows: 64 },
        inline: true,
      },
    ],
  },
];

const PREDICTION = {
  model: "flight",
  version: 2,
  predictions: [{ label: "late", probability: 0.81, probabilities: { late: 0.81, "on time": 0.19 } }],
  big: 0,
};

const PROBLEM = {
  title: "not found",
  code: "not_found",
  detail: "model 'x' is not found",
  field: "model",
  got: "x",
  requestId: "r-1",
  hint: "GET /api/v1/models lists what is served.",
};

const CHANGE = /^\/api\/v1\/models\/flight(\/versions\/2)?\/(un)?load$/;

function answer({ method, path }: Received): FakeReply {
  if (path.startsWith("/api/v1/models?")) return { json: { models: MODELS } };
  if (path === "/api/v1/models/flight") return { json: MODELS[0] };
  if (method === "POST" && CHANGE.test(path)) return { json: {} };
  if (method === "POST" && path.startsWith("/predict/flight")) return { json: PREDICTION };
  if (path === "/predict/text") return { text: "not json" };
  if (path === "/predict/busy") return { status: 429, json: { ...PROBLEM, code: "resource_exhausted" } };
  return { status: 404, json: PROBLEM };
}

const server = await startFakeServer(answer);
after(async () => server.close());
const at = ["--url", server.url];

test("--help of the program and of every command shows how to use it, with an example", async () => {
  const names = ["serve", "predict", "models", "bench", "top", "doctor", "config", "tour"];
  const runs = [
    ...names.map((name) => [name, "--help"]),
    ["models", "list", "--help"],
    ["config", "check", "--help"],
  ];
  for (const args of [["--help"], ...runs]) {
    const { code, stdout } = await runSirve(args);
    assert.equal(code, 0, args.join(" "));
    assert.match(stdout, /Examples?:\n {2}\$ .*sirve /, args.join(" "));
  }
});

test("a wrong command line ends with 2 and says what was meant", async () => {
  const table: [args: string[], message: RegExp][] = [
    [["predct"], /Did you mean predict\?/],
    [["predict", "flight"], /--input/],
    [["models", "list", "-o", "xml"], /Allowed choices are table, json, yaml/],
    [["models", "list", "--url", "nonsense"], /--url is no address of a server .*got nonsense/],
    [["models", "list", "--timeout-ms", "0"], /at least 1/],
    [["predict", "flight", "--input", "none.json", ...at], /none\.json/],
    [["predict", "flight", "--input", fileOf("a.xyz", "?"), ...at], /no known kind.*\.json/],
    [["serve", "--http-port", "http"], /http\.port: got "http", expected a whole number from 0 to 65535/],
    [["serve", "a", "--models", "b"], /given twice/],
    [["serve", join(folder, "none")], /no folder of models at .*none/],
    [["serve", "--http-host", ""], /http\.host: got "", expected a text that is not empty/],
    [["bench", "flight", "--rate", "1", "--concurrency", "1", ...at], /exclude each other/],
    [["bench", "flight", "--wire", "smoke", ...at], /native, v2-json, v2-binary, grpc/],
    [["tour", "--only", "x"], /expected numbers/],
  ];
  for (const [args, message] of table) {
    const { code, stderr } = await runSirve(args);
    assert.equal(code, 2, `${args.join(" ")}: ${stderr}`);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /^\s+at /m);
  }
});

test("a server that is not there ends with 3, and the hint says how to start one", async () => {
  const { code, stderr } = await runSirve(["models", "list", "--url", "http://127.0.0.1:1"]);
  assert.equal(code, 3);
  assert.match(
    stderr,
    /^error: no server answers at http:\/\/127\.0\.0\.1:1 \(ECONNREFUSED\)\nhint: {2}start one/,
  );
});

test("a refusal ends with 4 in the server's own words, and a full server with 5", async () => {
  const input = fileOf("row.json", "{}");
  const refused = await runSirve(["predict", "x", "--input", input, ...at]);
  assert.equal(refused.code, 4);
  assert.match(refused.stderr, /error: model 'x' is not found\nhint: .*\nrequest id: r-1/);
  assert.equal((await runSirve(["predict", "busy", "--input", input, ...at])).code, 5);
});

test("an answer that is no JSON is an error without a stack, with one under --debug", async () => {
  const args = ["predict", "text", "--input", fileOf("t.txt", "hi"), ...at];
  const plain = await runSirve(args);
  assert.equal(plain.code, 1);
  assert.doesNotMatch(plain.stderr, /^\s+at /m);
  assert.match((await runSirve([...args, "--debug"])).stderr, /^\s+at /m);
});

test("models list prints a table, JSON or YAML of the same", async () => {
  const table = await runSirve(["models", "list", ...at]);
  assert.equal(table.code, 0);
  assert.match(table.stdout, /^MODEL +VERSION +STATE/);
  assert.match(table.stdout, /flight +\* 2 +ready +2 KiB +3 MiB +12 ms +up to 64 rows +inline/);
  assert.deepEqual(JSON.parse((await runSirve(["models", "list", "-o", "json", ...at])).stdout), MODELS);
  const { parse } = await import("yaml");
  assert.deepEqual(parse((await runSirve(["models", "list", "-o", "yaml", ...at])).stdout), MODELS);
});

test("control characters of a server never reach the terminal", async () => {
  for (const format of ["table", "json", "yaml"]) {
    const { stdout } = await runSirve(["models", "list", "-o", format, ...at]);
    assert.ok(!stdout.includes("\u001b"), format);
    assert.match(stdout, /\\u001b|\\e/);
  }
});

test("models show, load and unload ask the server for one model or one version", async () => {
  const before = server.received.length;
  for (const args of [
    ["show", "flight"],
    ["load", "flight"],
    ["unload", "flight", "--model-version", "2"],
  ]) {
    assert.equal((await runSirve(["models", ...args, ...at])).code, 0);
  }
  const asked = server.received.slice(before).map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(
    asked.filter((one) => !one.includes("/models?")),
    [
      "GET /api/v1/models/flight",
      "POST /api/v1/models/flight/load",
      "POST /api/v1/models/flight/versions/2/unload",
    ],
  );
});

test("predict sends each kind of file as what it is", async () => {
  const png = Buffer.from("89504e470d0a1a0a", "hex");
  const table: [name: string, content: string | Buffer, contentType: string][] = [
    ["rows.json", "[{}]", "application/json"],
    ["rows.csv", "a,b\n1,2\n", "text/csv"],
    ["mail.txt", "hello", "text/plain"],
    ["boot.png", png, "image/png"],
    ["boot.jpg", "x", "image/jpeg"],
    ["voice.wav", "x", "audio/wav"],
  ];
  for (const [name, content, contentType] of table) {
    const { code } = await runSirve(["predict", "flight", "--input", fileOf(name, content), ...at]);
    const last = server.received.at(-1);
    assert.equal(code, 0);
    assert.equal(last?.headers["content-type"], contentType);
    assert.deepEqual(last?.body, Buffer.from(content));
  }
});

test("predict reads standard input, whose kind is told by its first bytes", async () => {
  const args = ["predict", "flight", "--input", "-", "--model-version", "2", ...at];
  await runSirve(args, { input: '[{"a": 1}]' });
  assert.equal(server.received.at(-1)?.path, "/predict/flight/versions/2");
  assert.equal(server.received.at(-1)?.headers["content-type"], "application/json");
  await runSirve(args, { input: "plain words" });
  assert.equal(server.received.at(-1)?.headers["content-type"], "text/plain");
});

test("predict prints a row for each prediction", async () => {
  const { stdout } = await runSirve(["predict", "flight", "--input", fileOf("one.json", "[{}]"), ...at]);
  assert.match(stdout, /ROW +LABEL +PROBABILITY +PROBABILITIES\n +0 +late +0\.81 +late 0\.81, on time 0\.19/);
  assert.match(stdout, /flight version 2/);
});

test("the address of the server may come from SIRVE_URL", async () => {
  const { code } = await runSirve(["models", "list"], { env: { SIRVE_URL: server.url } });
  assert.equal(code, 0);
});

test("config print writes a settings file that gives the same configuration", async () => {
  const first = await runSirve(["config", "print", "-o", "yaml", "--http-port", "8123"], {
    env: { SIRVE_TELEMETRY_OTLP_ENDPOINT: "http://me:secret@otlp:4318" },
  });
  assert.equal(first.code, 0);
  assert.match(first.stdout, /port: 8123/);
  assert.match(first.stdout, /http:\/\/\*\*\*@otlp:4318/);
  assert.ok(!first.stdout.includes("secret"));
  const file = fileOf("sirve.yaml", first.stdout);
  const second = await runSirve(["config", "print", "-o", "yaml", "--config", file]);
  assert.equal(second.stdout, first.stdout);
  const here = await runSirve(["config", "print"], { cwd: folder });
  assert.match(here.stdout, /http\.port +8123 +sirve\.yaml:\d+:\d+/);
});

test("config check lists every problem and ends with 2", async () => {
  const file = fileOf("wrong.yaml", "http:\n  prot: 1\n");
  const { code, stdout } = await runSirve(["config", "check", "-c", file, "--poll-ms", "x", "-o", "json"]);
  assert.equal(code, 2);
  const found = JSON.parse(stdout) as { ok: boolean; problems: { where: string }[] };
  assert.deepEqual(
    found.problems.map(({ where }) => where),
    ["wrong.yaml:2:3", "--poll-ms"],
  );
  assert.equal((await runSirve(["config", "check"])).code, 0);
});

test("doctor checks everything, with a remedy for each finding that is not ok", async () => {
  const { stdout } = await runSirve([
    "doctor",
    folder,
    "-o",
    "json",
    "--http-port",
    "0",
    "--grpc-port",
    "0",
    ...at,
  ]);
  const findings = JSON.parse(stdout) as { check: string; status: string; remedy?: string }[];
  const checks = findings.map(({ check }) => check);
  for (const check of [
    "node",
    "platform",
    "engine",
    "models",
    "cache",
    "disk",
    "http port",
    "grpc port",
    "server",
  ]) {
    assert.ok(checks.includes(check), check);
  }
  assert.equal(findings.find(({ check }) => check === "engine")?.status, "ok");
  for (const { status, remedy } of findings) assert.equal(remedy === undefined, status === "ok");
});

test("output that is cut short by its reader is no error", async () => {
  const { spawn } = await import("node:child_process");
  const line = `${process.execPath} src/cli/main.ts config print | head -1`;
  const child = spawn("bash", ["-o", "pipefail", "-c", line], { stdio: ["ignore", "pipe", "pipe"] });
  const code = await new Promise((resolve) => child.once("exit", resolve));
  assert.equal(code, 0);
});
