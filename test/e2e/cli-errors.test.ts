import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type CliRegistry, startCliRegistry } from "../kit/cli-registry.ts";
import { runSirve } from "../kit/command-line.ts";
import { startServer, type TestServer } from "../kit/server.ts";

const INPUT = "--input=examples/data/customers.json";
let registry: CliRegistry;
let plain: TestServer;
before(async () => {
  registry = await startCliRegistry();
  const { code, stderr } = await registry.run("add", join(registry.folder, "churn-1"), "--name", "churn");
  assert.equal(code, 0, stderr);
  plain = await startServer({ models: "examples/models", args: ["--log-level", "warn"] });
});
after(async () => {
  await plain.stop();
  await registry.end();
});

/** Whether what a command says to a mistake holds `words` after its first line. */
async function expectHint(url: string, args: readonly string[], code: number, words: RegExp): Promise<void> {
  const ran = await runSirve([...args, "--url", url]);
  const what = `${args.join(" ")}: ${ran.stderr}`;
  assert.equal(ran.code, code, what);
  assert.match(ran.stderr, words, what);
  assert.doesNotMatch(ran.stderr, /^\s+at |^hint:.*GET \/api/m, what);
}

test("what is not there is told with the command that lists what is", async () => {
  const rows = [
    [["predict", "nope", INPUT], /sirve models list/],
    [["predict", "churn@9", INPUT], /version 9.*\nhint: .*sirve models versions/],
    [["bench", "nope", "--max-requests=1"], /sirve models list/],
    [["promote", "nope@1"], /sirve models list/],
    [["promote", "churn@9"], /sirve models versions/],
    [["models", "diff", "churn", "1", "9"], /sirve models versions/],
    [["models", "show", "churn@9"], /sirve models versions/],
    [["rollback", "churn", "--to", "9"], /sirve models versions/],
    [["rollback", "churn"], /sirve rollback churn --to N/],
    [["endpoints", "show", "nope"], /sirve endpoints list/],
    [["endpoints", "set", "ab", "--variant=a=nope:1"], /sirve models list/],
    [["keys", "revoke", "abcdefgh", "--yes"], /sirve keys list/],
    [["models", "delete", "churn@1", "--yes"], /serves[^]*hint: +Promote another/],
    [["keys", "create", "--name=x", "--role=viewer"], /first key[^]*--role admin/],
  ] as const;
  await Promise.all(
    rows.map(async ([args, words]) => {
      await expectHint(registry.server.url, args, 4, words);
    }),
  );
});

test("what needs a registry says how a server with one is started", async () => {
  const rows = [
    ["add", join(registry.folder, "churn-1"), "--name=churn"],
    ["promote", "churn@1"],
    ["audit"],
    ["keys", "list"],
    ["endpoints", "list"],
    ["models", "versions", "churn"],
  ] as const;
  await Promise.all(
    rows.map(async (args) => {
      const code = args[0] === "add" ? 1 : 4;
      await expectHint(plain.url, args, code, /folder[^]*hint: .*sirve serve --data/);
    }),
  );
});

test("what is wrong in the command line is told before anything is sent", async () => {
  const model = join(registry.folder, "churn-1");
  const rows = [
    [["add", model, "--name", "bad name"], /--name is no name of a model.*1 to 128 letters/],
    [["add", "nowhere.onnx", "--name", "x"], /nowhere\.onnx cannot be read/],
    [["add", "examples/data/spam.txt", "--name", "x"], /holds no model\.onnx/],
    [["promote", "churn"], /needs a version[^]*sirve models versions churn/],
    [["models", "delete", "churn@"], /expected MODEL@VERSION/],
    [["endpoints", "set", "ab", "--variant", "a"], /expected NAME=TARGET:WEIGHT/],
    [["plan", "--config", "nowhere.yaml"], /nowhere\.yaml cannot be read/],
  ] as const;
  await Promise.all(
    rows.map(async ([args, words]) => {
      await expectHint("http://127.0.0.1:1", args, 2, words);
    }),
  );
});

test("every command that asks a server says that none answers, and how to start one", async () => {
  const rows = [
    ["models", "list"],
    ["predict", "churn", INPUT],
    ["add", join(registry.folder, "churn-1"), "--name=churn"],
    ["rollback", "churn"],
    ["endpoints", "list"],
    ["audit", "--follow"],
    ["keys", "list"],
    ["backup", join(registry.folder, "none.tar")],
    ["bench", "churn"],
    ["top", "--once"],
  ] as const;
  await Promise.all(
    rows.map(async (args) => {
      await expectHint(
        "http://127.0.0.1:1",
        args,
        3,
        /no server answers at .*ECONNREFUSED[^]*hint: .*sirve serve/,
      );
    }),
  );
});
