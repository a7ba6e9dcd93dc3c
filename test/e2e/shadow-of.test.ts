import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { collect, type Ran, runSirve, startSirve } from "../kit/command-line.ts";
import { artifact, createServedFolder, type ServedFolder } from "../kit/served-folder.ts";
import { startServer, type TestServer } from "../kit/server.ts";
import { until } from "../kit/until.ts";

/** The server of before, and Sirve with a model that is the same and one that is another by the same name. */
let folders: readonly ServedFolder[];
let old: TestServer;
let ours: TestServer;

before(async () => {
  const [past, now] = [createServedFolder("add-sub", "identity-fp32"), createServedFolder("add-sub")];
  now.add("other", 1, artifact("identity-fp32"));
  past.add("flights", 1, artifact("churn", 1));
  now.add("flights", 1, artifact("churn", 2));
  folders = [past, now];
  old = await startServer({ models: past.path, args: ["--log-level", "warn"] });
  ours = await startServer({ models: now.path, args: ["--log-level", "warn"] });
});
after(async () => {
  await old.stop();
  await ours.stop();
  for (const folder of folders) folder.delete();
});

/** The parts of the certificate that are looked at. */
interface Certificate {
  readonly requests: number;
  readonly mirrored: number;
  readonly compared: number;
  readonly equal: number;
  readonly different: number;
  readonly failed: number;
  readonly outputs: readonly { name: string; compared: number; equal: number; largestAbsolute: number }[];
  readonly examples: readonly string[];
  readonly latencyMs: { readonly old: { readonly count: number }; readonly new: { readonly count: number } };
  readonly verdict: string;
}

interface Shadow {
  /** Where clients are sent. */
  readonly url: string;
  readonly ended: Promise<Ran>;
  readonly child: ChildProcess;
}

async function startShadow(args: readonly string[]): Promise<Shadow> {
  const child = startSirve(["shadow-of", old.url, `--url=${ours.url}`, "-o", "json", ...args]);
  let printed = "";
  child.stderr?.on("data", (part: Buffer) => (printed += part.toString()));
  const ended = collect(child);
  await until("the port", () => printed.includes("listening on ") || child.exitCode !== null);
  return { url: /listening on (\S+),/.exec(printed)?.[1] ?? "", ended, child };
}

const certificateIn = ({ stdout, stderr }: Ran): Certificate => {
  assert.notEqual(stdout, "", stderr);
  return JSON.parse(stdout) as Certificate;
};

const infer = (name: string, values: readonly number[]) => ({
  inputs: [{ name, datatype: "FP32", shape: [1, values.length], data: values }],
});

async function post(url: string, path: string, body: unknown): Promise<Response> {
  return fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

test("the same model behind both servers is found equivalent, and clients get the old server's bytes", async () => {
  const metadata = await (await fetch(`${old.url}/v2/models/add-sub`)).json();
  const { inputs } = metadata as { inputs: { name: string; datatype: string; shape: number[] }[] };
  const body = {
    inputs: inputs.map(({ name, datatype, shape }) => {
      const sizes = shape.map((size) => Math.max(1, size));
      const count = sizes.reduce((product, size) => product * size, 1);
      return { name, datatype, shape: sizes, data: Array.from({ length: count }, (_, i) => i) };
    }),
  };
  const shadow = await startShadow(["--model=add-sub", "--requests=20"]);
  const direct = await (await post(old.url, "/v2/models/add-sub/infer", body)).text();
  const list = await fetch(`${shadow.url}/v2/models/add-sub`);
  assert.deepEqual(await list.json(), metadata);
  for (let i = 0; i < 20; i++) {
    const reply = await post(shadow.url, "/v2/models/add-sub/infer", body);
    assert.equal(await reply.text(), direct);
  }
  const ran = await shadow.ended;
  const certificate = certificateIn(ran);
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(certificate.verdict, "equivalent");
  const { requests, mirrored, compared, equal, different, failed } = certificate;
  assert.deepEqual([requests, mirrored, compared, equal, different, failed], [20, 20, 20, 20, 0, 0]);
  assert.ok(certificate.outputs.length > 0 && certificate.outputs.every((one) => one.largestAbsolute === 0));
  assert.deepEqual([certificate.latencyMs.old.count, certificate.latencyMs.new.count], [20, 20]);
});

test("another version of a model is found out over TensorFlow Serving's wire, with an example", async () => {
  const { inputs } = (await (await fetch(`${old.url}/v2/models/flights`)).json()) as {
    inputs: { name: string; datatype: string }[];
  };
  const columns = inputs.map(({ name, datatype }) => [name, [[datatype === "BYTES" ? "LAS" : 7]]]);
  const body = { inputs: Object.fromEntries(columns) as object };
  const args = ["--model=flights", "--protocol=tensorflow-serving", "--requests=3"];
  const shadow = await startShadow(args);
  for (let i = 0; i < 3; i++) {
    const reply = await post(shadow.url, "/v1/models/flights:predict", body);
    assert.equal(reply.status, 200, await reply.text());
  }
  const ran = await shadow.ended;
  const certificate = certificateIn(ran);
  assert.equal(ran.code, 1);
  assert.equal(certificate.verdict, "not equivalent");
  assert.deepEqual([certificate.compared, certificate.equal, certificate.different], [3, 0, 3]);
  assert.match(certificate.examples[0] ?? "", /the old server answered .*, the new one /);
});

test("requests in a file are replayed to a server or a folder; none compared is no proof", async () => {
  const file = join(folders[0]?.path ?? "", ".recorded.ndjson");
  const lines = [1, 2, 3].map((x) => JSON.stringify(infer("x", [x])));
  writeFileSync(file, `${lines.join("\n")}\n\n`);
  const base = ["shadow-of", old.url, `--url=${ours.url}`, "--model=identity-fp32", "--as=other"];
  const ran = await runSirve([...base, "--requests-file", file, "-o", "json"]);
  const { requests, verdict } = certificateIn(ran);
  assert.deepEqual([requests, verdict, ran.code], [3, "equivalent", 0], ran.stdout);
  const from = [
    "shadow-of",
    old.url,
    "--model=identity-fp32",
    "--as=other",
    "--from",
    folders[1]?.path ?? "",
  ];
  const own = await runSirve([...from, "--requests-file", file, "-o", "json"]);
  assert.equal(certificateIn(own).verdict, "equivalent", own.stdout);
  writeFileSync(file, "\n");
  const none = await runSirve([...base, "--requests-file", file]);
  assert.match(none.stdout, /nothing compared/);
  assert.equal(none.code, 1);
});

test("Ctrl-C ends it with the certificate of what was seen", async () => {
  const shadow = await startShadow(["--model=identity-fp32", "--as=other"]);
  const reply = await post(shadow.url, "/v2/models/identity-fp32/infer", infer("x", [1, 2]));
  await reply.text();
  shadow.child.kill("SIGINT");
  const ran = await shadow.ended;
  assert.equal(certificateIn(ran).requests, 1);
});

test("without the model on the new server it does not start, and says so", async () => {
  const ran = await runSirve(["shadow-of", old.url, `--url=${ours.url}`, "--model=nobody"]);
  assert.equal(ran.code, 4);
  assert.match(ran.stderr, /nobody/);
});
