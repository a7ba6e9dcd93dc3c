import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type NodeFetch, nodeFetch } from "../../src/cli/node-fetch.ts";
import { type CertificateFiles, hasOpenssl, selfSigned, signedBy } from "../kit/certificates.ts";
import { type Ran, runSirve } from "../kit/command-line.ts";
import { startServer, type TestServer } from "../kit/server.ts";

const skip = hasOpenssl() ? false : "openssl is missing, which makes the certificates";
const folder = mkdtempSync(join(tmpdir(), "sirve-secure-"));
const keyFile = join(folder, "key");
let own: CertificateFiles;
let billing: CertificateFiles;
let server: TestServer | undefined;
let connections: NodeFetch | undefined;
let url: string;

before(async () => {
  if (skip) return;
  own = selfSigned(folder, "server");
  const authority = selfSigned(folder, "authority");
  billing = signedBy(authority, folder, "billing");
  const keys = join(folder, "keys.json");
  const made = await runSirve(["keys", "create", "--name", "me", "--role", "predictor", "--file", keys]);
  writeFileSync(keyFile, made.stdout);
  connections = nodeFetch({ ca: readFileSync(own.cert) });
  server = await startServer({
    fetch: connections.fetch,
    models: "examples/models",
    args: [
      `--tls-cert-file=${own.cert}`,
      `--tls-key-file=${own.key}`,
      `--tls-client-ca-file=${authority.cert}`,
      `--access-keys-file=${keys}`,
      "--access-certificate-roles=billing=viewer",
      "--log-level=warn",
    ],
  });
  url = server.url;
});
after(async () => {
  connections?.close();
  await server?.stop();
  rmSync(folder, { recursive: true });
});

const run = async (...args: string[]): Promise<Ran> => runSirve([...args, "--url", url]);

test("the box of a server with TLS shows https", { skip }, () => {
  assert.match(server?.output() ?? "", /REST +https:\/\/127/);
});

test("an unknown authority is told, with the option that names it", { skip }, async () => {
  const { code, stderr } = await run("models", "list");
  assert.equal(code, 3);
  assert.match(stderr, /SELF_SIGNED_CERT.*\nhint: .*--ca-file/);
});

test("http:// to a server with TLS ends with 3 and a hint", { skip }, async () => {
  const { code, stderr } = await runSirve(["models", "list", "--url", url.replace("https:", "http:")]);
  assert.equal(code, 3);
  assert.match(stderr, /hint: .*https:\/\//);
});

test("without a key every command is refused and says how a key is given", { skip }, async () => {
  const input = ["--input", "examples/data/customers.json"];
  for (const args of [
    ["models", "list"],
    ["predict", "churn", ...input],
    ["top", "--once"],
    ["bench", "churn", "--max-requests", "1"],
    ["audit"],
  ]) {
    const { code, stderr } = await run(...args, "--ca-file", own.cert);
    assert.equal(code, 4, `${args.join(" ")}: ${stderr}`);
    assert.match(stderr, /hint: .*(SIRVE_API_KEY|--key-file)/, args.join(" "));
  }
});

test("with authority and key every command works, bench on every wire too", { skip }, async () => {
  const secure = ["--ca-file", own.cert, "--key-file", keyFile];
  assert.match((await run("models", "list", ...secure)).stdout, /^churn/m);
  const input = ["--input", "examples/data/customers.json"];
  assert.match((await run("predict", "churn", ...input, ...secure)).stdout, /churn version 2/);
  assert.match((await run("top", "--once", ...secure)).stdout, /^MODEL +VERSION/m);
  const wires = ["--wire", "native,v2-json,v2-binary,grpc", "--grpc-url", `https://${server?.grpc}`];
  const bench = ["bench", "churn", "--max-requests", "20", "--window-ms", "50", "-o", "json"];
  const { code, stdout, stderr } = await run(...bench, ...wires, ...secure);
  assert.equal(code, 0, stdout + stderr);
  assert.equal((JSON.parse(stdout) as unknown[]).length, 4);
});

test("a client's certificate is shown, and its role holds", { skip }, async () => {
  const identity = ["--ca-file", own.cert, "--cert-file", billing.cert, "--cert-key-file", billing.key];
  assert.equal((await run("models", "list", ...identity)).code, 0);
  const input = ["--input", "examples/data/customers.json"];
  const predicted = await run("predict", "churn", ...input, ...identity);
  assert.equal(predicted.code, 4, predicted.stderr);
});
