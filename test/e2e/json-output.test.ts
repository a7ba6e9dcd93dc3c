import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Command } from "commander";
import { parse } from "yaml";
import { COMMANDS } from "../../src/cli/command-line.ts";
import { type CliRegistry, startCliRegistry } from "../kit/cli-registry.ts";
import { runSirve } from "../kit/command-line.ts";
import { startServer, type TestServer } from "../kit/server.ts";

let registry: CliRegistry;
/** A server of a folder, whose models are loaded by name. */
let plain: TestServer;
before(async () => {
  registry = await startCliRegistry();
  const models = join(registry.folder, "models");
  mkdirSync(join(models, "churn", "1"), { recursive: true });
  copyFileSync("examples/models/churn/1/model.onnx", join(models, "churn", "1", "model.onnx"));
  plain = await startServer({ models, args: ["--model-control", "explicit", "--log-level", "warn"] });
});
after(async () => {
  await plain.stop();
  await registry.end();
});

/** A model as LightGBM saves it. */
const SAVED = "test/artifacts/convert/lightgbm/4.6.0/binary.txt";

/** A server is its own shadow; both refuse lines that are no requests. */
const SHADOW = ["--model=churn", "--protocol=tensorflow-serving", "--requests-file"];

/** Commands that print data: "models list", "keys create". */
async function printing(): Promise<string[]> {
  const names: string[] = [];
  const collect = (command: Command, path: string) => {
    const name = `${path}${command.name()}`;
    if (command.options.some(({ long }) => long === "--output")) names.push(name);
    for (const child of command.commands) collect(child, `${name} `);
  };
  for (const { load } of COMMANDS) collect(await (await load()).command(), "");
  return names.toSorted();
}

test("every command that prints data prints JSON that parses", async () => {
  const { folder, server } = registry;
  const [url, at] = [`--url=${server.url}`, `--url=${plain.url}`];
  const lines = join(folder, "rows.ndjson");
  writeFileSync(lines, `{"state": "KS"}\n{"state": "MT"}\n`);
  const [config, input, archive] = [
    join(folder, "s.yaml"),
    "examples/data/customers.json",
    join(folder, "a.tar"),
  ];
  writeFileSync(config, "deploy:\n  models: { copy: { versions: [{ path: churn-1 }] } }\n");
  // In an order in which each finds what it needs.
  const runs: readonly (readonly [name: string, args: readonly string[], code?: number])[] = [
    ["add", [join(folder, "churn-1"), "--name=churn", url]],
    ["add", [join(folder, "churn-2"), "--name=churn", url]],
    ["promote", ["churn@2", "--force", url]],
    ["promote", ["churn@1", "--dry-run", url], 1],
    ["predict", ["churn", "--input", lines, url]],
    ["rollback", ["churn", url]],
    ["models list", [url]],
    ["models show", ["churn", url]],
    ["models show", ["churn", "--model-version=1", url]],
    ["models versions", ["churn", url]],
    ["models diff", ["churn", "1", "2", url]],
    ["models tag", ["churn@2", "team=risk", url]],
    ["predict", ["churn", "--input", input, url]],
    ["bench", ["churn", "--max-requests=20", "--window-ms=20", url]],
    ["load-test", ["churn", "--seconds=1", "--max-rows=1,8", url]],
    ["top", ["--once", url]],
    ["shadow-of", [server.url, ...SHADOW, lines, url]],
    ["endpoints set", ["ab", "--variant", "a=churn:1", url]],
    ["endpoints list", [url]],
    ["endpoints show", ["ab", url]],
    ["endpoints delete", ["ab", "--yes", url]],
    ["plan", ["--config", config, url], 2],
    ["apply", ["--config", config, url]],
    ["audit", [url]],
    ["models delete", ["churn@2", "--yes", url]],
    ["backup", [archive, url]],
    ["restore", [archive, "--data", join(folder, "restored")]],
    ["convert", [SAVED, "--out", join(folder, "converted")]],
    ["models load", ["churn", at]],
    ["models unload", ["churn", at]],
    ["doctor", ["examples/models", "--http-port=0", "--grpc-port=0", at]],
    ["config check", []],
    ["config print", []],
  ];
  for (const [name, args, code = 0] of runs) await parsed(name, args, code);
  const keys = await keyRuns(url);
  assert.deepEqual([...new Set([...runs.map(([name]) => name), ...keys])].toSorted(), await printing());
});

/** The commands of keys: with the first one the server asks for it. */
async function keyRuns(url: string): Promise<string[]> {
  const create = ["--role=admin", url];
  const first = (await parsed("keys create", ["--name=me", ...create])) as { secret: string };
  const env = { SIRVE_API_KEY: first.secret };
  const { id } = (await parsed("keys create", ["--name=x", ...create], 0, env)) as { id: string };
  await parsed("keys list", [url], 0, env);
  await parsed("keys rotate", [id, url], 0, env);
  await parsed("keys revoke", [id, "--yes", url], 0, env);
  return ["keys create", "keys list", "keys rotate", "keys revoke"];
}

/** What a command prints as JSON; a command that changes nothing prints the same as YAML. */
async function parsed(
  name: string,
  args: readonly string[],
  code = 0,
  env: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const ran = await runSirve([...name.split(" "), ...args, "-o", "json"], { env });
  assert.equal(ran.code, code, `${name}: ${ran.stderr}`);
  const value: unknown = JSON.parse(ran.stdout);
  if (SAME_AGAIN.has(name)) {
    const yaml = await runSirve([...name.split(" "), ...args, "-o", "yaml"], { env });
    assert.deepEqual(parse(yaml.stdout), value, name);
  }
  return value;
}

/** Commands that answer twice with the same. */
const SAME_AGAIN = new Set(["models diff", "models versions", "endpoints list", "config print", "plan"]);
