import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Ran, runSirve } from "../kit/command-line.ts";
import { startServer, type TestServer } from "../kit/server.ts";

const folder = mkdtempSync(join(tmpdir(), "sirve-keys-"));
const INPUT = ["--input", "examples/data/customers.json"];
let server: TestServer;
/** The secrets by name. */
const secrets = new Map<string, string>();

interface Made {
  readonly id: string;
  readonly secret: string;
}

before(async () => {
  server = await startServer({ models: `--data=${join(folder, "data")}`, args: ["--log-level", "warn"] });
});
after(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the program as the one who has a key; its key goes by the environment, as people give it. */
async function as(name: string, ...args: string[]): Promise<Ran> {
  const secret = secrets.get(name);
  const env = { SIRVE_URL: server.url, ...(secret !== undefined && { SIRVE_API_KEY: secret }) };
  return runSirve(args, { env });
}

async function made(by: string, ...args: string[]): Promise<Made> {
  const { code, stdout, stderr } = await as(by, "keys", ...args, "-o", "json");
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Made;
}

test("the first key closes the door, and its secret is printed once and alone", async () => {
  assert.equal((await as("nobody", "add", "examples/models/churn/1/model.onnx", "--name=churn")).code, 0);
  const first = await as("nobody", "keys", "create", "--name", "me", "--role", "admin");
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /^sirve_\w{8}\S+\n$/);
  assert.match(first.stderr, /only time.*SIRVE_API_KEY/);
  secrets.set("me", first.stdout.trim());
  const refused = await as("nobody", "models", "list");
  assert.equal(refused.code, 4);
  assert.match(refused.stderr, /hint: .*SIRVE_API_KEY/);
  assert.equal((await as("me", "models", "list")).code, 0);
});

test("a predictor's key predicts and does not promote, and models beyond its pattern do not exist", async () => {
  const { secret } = await made("me", "create", "--name=shop", "--role=predictor", "--models=churn*");
  secrets.set("shop", secret);
  const answer = await as("shop", "predict", "churn", ...INPUT);
  assert.equal(answer.code, 0, answer.stderr);
  const refused = await as("shop", "promote", "churn@1");
  assert.equal(refused.code, 4);
  assert.match(refused.stderr, /role releaser.*predictor/);
  assert.equal((await as("shop", "keys", "list")).code, 4);
  const other = await made("me", "create", "--name=other", "--role=predictor", "--models=fraud*");
  secrets.set("other", other.secret);
  const unseen = await as("other", "predict", "churn", ...INPUT);
  assert.equal(unseen.code, 4);
  assert.match(unseen.stderr, /not found.*\nhint: +sirve models list/);
});

test("the list shows who may what and never a secret", async () => {
  const { stdout } = await as("me", "keys", "list");
  assert.match(stdout, /^ID +NAME +ROLE +MODELS/);
  assert.match(stdout, /shop +predictor +churn\*/);
  const json = (await as("me", "keys", "list", "-o", "json")).stdout;
  for (const secret of secrets.values()) assert.ok(!(stdout + json).includes(secret));
});

test("a rotated key works in both forms for a while, a revoked one in none", async () => {
  const { id, secret } = await made("me", "create", "--name=ci", "--role=viewer");
  secrets.set("ci", secret);
  const rotated = await made("me", "rotate", id, "--overlap-seconds=3600");
  secrets.set("ci again", rotated.secret);
  assert.notEqual(rotated.secret, secret);
  for (const name of ["ci", "ci again"]) assert.equal((await as(name, "models", "list")).code, 0, name);
  assert.equal((await as("me", "keys", "revoke", id, "--yes")).code, 0);
  for (const name of ["ci again", ...(rotated.id === id ? ["ci"] : [])]) {
    const { code, stderr } = await as(name, "models", "list");
    assert.equal(code, 4, name);
    assert.match(stderr, /not known, has expired or was revoked/);
  }
});

test("a wrong key is told as such, by the option that gave it", async () => {
  const { code, stderr } = await runSirve(["models", "list", "--url", server.url, "--key", "sirve_wrong"]);
  assert.equal(code, 4);
  assert.match(stderr, /^error: .*\nhint: .*sirve keys/);
  assert.ok(!stderr.includes("sirve_wrong"));
});

test("--file makes keys for a server of a folder, which its owner alone may read", async () => {
  const file = join(folder, "keys.json");
  const args = ["keys", "create", "--role=predictor", "--file", file, "-o", "json"];
  const first = await runSirve([...args, "--name=a", "--models=churn"]);
  assert.equal(first.code, 0, first.stderr);
  const { secret } = JSON.parse(first.stdout) as Made;
  assert.equal((await runSirve([...args, "--name=b"])).code, 0);
  assert.equal(statSync(file).mode & 0o077, 0);
  assert.ok(!readFileSync(file, "utf8").includes(secret));
  const keyFile = join(folder, "secret");
  writeFileSync(keyFile, `${secret}\n`);
  const keyed = await startServer({ models: "examples/models", args: ["--access-keys-file", file] });
  try {
    const at = ["--url", keyed.url, "--key-file", keyFile];
    assert.equal((await runSirve(["predict", "churn", ...INPUT, ...at])).code, 0);
    assert.equal((await runSirve(["predict", "spam", "-i", "examples/data/spam.txt", ...at])).code, 4);
    assert.equal((await runSirve(["models", "list", "--url", keyed.url])).code, 4);
  } finally {
    await keyed.stop();
  }
});
