import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type CliRegistry, startCliRegistry } from "../kit/cli-registry.ts";
import { collect, startSirve } from "../kit/command-line.ts";
import { until } from "../kit/until.ts";

let registry: CliRegistry;
before(async () => {
  registry = await startCliRegistry();
});
after(async () => registry.end());

const add = async (name: string, ...more: string[]) =>
  registry.run("add", join(registry.folder, name), "--name", "churn", "--no-git", ...more);

test("add prints a ticked line for each check, and a crossed one for a golden row that is wrong", async () => {
  const first = await add("churn-1");
  assert.equal(first.code, 0, first.stderr);
  assert.match(
    first.stdout,
    /^✓ loads {6}loaded in \d+ ms\n✓ warms-up .*\n✓ signature .*\n✓ golden .*\n\nchurn/,
  );
  assert.equal((await add("churn-better")).code, 0);
  const wrong = await add("churn-wrong");
  assert.equal(wrong.code, 0, wrong.stderr);
  assert.match(wrong.stdout, /^✗ golden +golden row 1: .*"never"/m);
  assert.match((await add("churn-2")).stdout, /^✗ signature +clients of version 1 would fail/m);
  assert.match(wrong.stdout, /^next +sirve promote churn@3, which refuses/m);
});

test("a dry run changes nothing, a promotion is refused with its reason, and --force overrides it", async () => {
  const dry = await registry.run("promote", "churn@3", "--dry-run");
  assert.equal(dry.code, 1);
  assert.match(dry.stdout, /^✓ loads[\s\S]*^✗ golden/m);
  const refused = await registry.run("promote", "churn@3");
  assert.equal(refused.code, 4);
  assert.match(refused.stderr, /not promoted[\s\S]*golden[\s\S]*hint: +sirve promote churn@3 --force/);
  const { version } = await registry.json<{ version: number }>("promote", "churn@2");
  assert.equal(version, 2);
  const forced = await registry.run("promote", "churn@3", "--force", "--reason", "they were wrong");
  assert.equal(forced.code, 0, forced.stderr);
  assert.match(forced.stdout, /^✗ golden[\s\S]*^churn@champion from 2 to 3 in /m);
});

test("a roll back goes one step, or to a version that is named", async () => {
  const one = await registry.json<{ version: number; previous: number }>("rollback", "churn");
  assert.deepEqual([one.previous, one.version], [3, 2]);
  const named = await registry.run("rollback", "churn", "--to", "1", "--reason", "safest");
  assert.equal(named.code, 0, named.stderr);
  assert.match(named.stdout, /^churn@champion from 2 to 1 in /m);
  assert.equal((await registry.run("rollback", "churn", "--to", "9")).code, 4);
  const [latest] = await registry.json<{ details: { reason?: string } }[]>("audit", "--limit", "1");
  assert.match(JSON.stringify(latest), /safest/);
});

test("an alias is deleted by its name, and its version stays", async () => {
  assert.equal((await registry.run("promote", "churn@2", "--alias", "challenger")).code, 0);
  const gone = await registry.run("models", "delete", "churn@challenger", "--yes");
  assert.deepEqual([gone.code, gone.stdout], [0, "deleted the alias churn@challenger\n"]);
  const versions = await registry.json<{ version: number; aliases: string[] }[]>(
    "models",
    "versions",
    "churn",
  );
  assert.deepEqual(versions.find(({ version }) => version === 2)?.aliases, []);
});

test("diff tells what differs and whether clients break", async () => {
  const { stdout } = await registry.run("models", "diff", "churn", "1", "4");
  assert.match(stdout, /^CLIENTS +FIELD +1 +4$/m);
  assert.match(stdout, /^ok +files\.model\.onnx /m);
  assert.match(stdout, /^fail +outputs\./m);
  assert.match((await registry.run("models", "diff", "churn", "2", "2")).stdout, /^no difference$/m);
  const unknown = await registry.run("models", "diff", "churn", "1", "99");
  assert.equal(unknown.code, 4);
  assert.match(unknown.stderr, /99/);
});

test("audit --follow prints a promotion that happens meanwhile, and Ctrl-C ends it", async () => {
  for (const format of ["table", "json"]) {
    const args = ["audit", "--follow", "--model", "churn", "-o", format, "--limit", "2"];
    const child = startSirve([...args, "--url", registry.server.url]);
    const ran = collect(child);
    let text = "";
    child.stdout?.on("data", (part: Buffer) => (text += part));
    await until("the last two changes", () => text.split("\n").length > 2);
    assert.equal((await registry.run("promote", "churn@2", "--reason", `for ${format}`)).code, 0);
    await until("the promotion", () => text.includes(`for ${format}`));
    child.kill("SIGINT");
    const { code, stdout, stderr } = await ran;
    assert.equal(code, 0, stderr);
    const lines = stdout.trimEnd().split("\n");
    assert.equal(lines.length, 3, stdout);
    if (format === "json") {
      const ids = lines.map((line) => (JSON.parse(line) as { id: number }).id);
      assert.deepEqual(
        ids,
        ids.toSorted((a, b) => a - b),
      );
    } else {
      assert.match(lines[2] ?? "", /^\d{4}-\S+ {2}\S+ {2}alias\.move {2}churn {2}\{/);
    }
    assert.equal((await registry.run("rollback", "churn")).code, 0);
  }
});

test("a plan ends with 2 while something is to do and with 0 after it was applied", async () => {
  const config = join(registry.folder, "sirve.yaml");
  const endpoint = "{ variants: [{ name: a, target: churn, weight: 1 }] }";
  writeFileSync(
    config,
    `deploy:
  models:
    copy: { versions: [{ name: a, path: churn-1 }], aliases: { stable: a } }
  endpoints: { ab: ${endpoint} }
`,
  );
  const planned = await registry.run("plan", "--config", config);
  assert.equal(planned.code, 2, planned.stderr);
  assert.match(
    planned.stdout,
    /^\+ version of copy[\s\S]*^\+ copy@stable[\s\S]*^\+ endpoint ab: a=churn:1$/m,
  );
  const applied = await registry.run("apply", "--config", config);
  assert.equal(applied.code, 0, applied.stderr);
  const again = await registry.run("plan", "--config", config);
  assert.deepEqual([again.code, again.stdout], [0, "nothing to do: the server holds what is declared\n"]);
});

test("entries that are wrong, unreadable or refused stop no other, and are told", async () => {
  const config = join(registry.folder, "partly.yaml");
  writeFileSync(
    config,
    `deploy:
  models:
    unread: { versions: [{ path: nowhere }] }
    misspelt: { verzions: [] }
    broken: { versions: [{ path: broken }] }
    other: { versions: [{ path: churn-2 }] }
  endpoints:
    lost: { variants: [{ name: a, target: nobody, weight: 1 }] }
    cd: { variants: [{ name: a, target: churn, weight: 1 }] }
`,
  );
  writeFileSync(join(registry.folder, "broken"), "no model");
  const planned = await registry.run("plan", "--config", config);
  assert.equal(planned.code, 1);
  assert.match(planned.stdout, /^\+ version of other/m);
  const { code, stdout, stderr } = await registry.run("apply", "--config", config);
  assert.equal(code, 1);
  for (const name of ["unread", "misspelt", "broken"]) {
    assert.match(stderr, new RegExp(`wrong: deploy\\.models\\.${name}`));
  }
  assert.match(stdout, /endpoint lost.*\n {2}failed: .*nobody/);
  const models = await registry.json<{ model: string }[]>("models", "list");
  assert.deepEqual(models.map(({ model }) => model).toSorted(), ["churn", "copy", "other"]);
  assert.equal((await registry.run("endpoints", "show", "cd")).code, 0);
});
