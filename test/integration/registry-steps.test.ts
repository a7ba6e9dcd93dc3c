import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StatementSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { openDatabase } from "../../src/database/index.ts";
import { openRegistry } from "../../src/registry/index.ts";
import { CHANGES, contentOf, fillRegistry } from "../kit/registry-changes.ts";

/**
 * Runs `work` and copies the files of the database before every statement and at the end: each copy is what a
 * process leaves that is killed there, for the files hold nothing but what was written until then.
 */
async function copiesDuring(t: TestContext, directory: string, work: () => Promise<void>): Promise<string[]> {
  const copies: string[] = [];
  const copy = () => {
    const to = mkdtempSync(join(directory, "copy-"));
    cpSync(join(directory, "live"), to, { recursive: true });
    copies.push(join(to, "sirve.db"));
  };
  const watched = (["all", "run"] as const).map((method) => {
    const original = StatementSync.prototype[method] as (...values: unknown[]) => unknown;
    return t.mock.method(
      StatementSync.prototype,
      method,
      function (this: StatementSync, ...values: unknown[]) {
        copy();
        return original.apply(this, values);
      },
    );
  });
  await work();
  for (const { mock } of watched) mock.restore();
  copy();
  return copies;
}

/** A folder whose `live` holds a database. */
function newFolder(t: TestContext): { readonly directory: string; readonly file: string } {
  const directory = mkdtempSync(join(tmpdir(), "sirve-steps-"));
  t.after(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, "live"));
  return { directory, file: join(directory, "live", "sirve.db") };
}

async function contentAt(file: string): Promise<unknown> {
  const database = await openDatabase({ file });
  const content = await contentOf(database);
  await database.close();
  return content;
}

for (const [what, change] of Object.entries(CHANGES)) {
  test(`killed at any statement of ${what}, a registry is as before or as after`, async (t) => {
    const { directory, file } = newFolder(t);
    const database = await openDatabase({ file });
    const registry = openRegistry({ database });
    await fillRegistry(registry);
    const copies = await copiesDuring(t, directory, async () => void (await change(registry)));
    await database.close();
    const contents = [];
    for (const copy of copies) contents.push(JSON.stringify(await contentAt(copy)));
    const [before, after] = [contents.at(0), contents.at(-1)];
    assert.notEqual(before, after);
    assert.ok(copies.length > 5, `${copies.length} statements`);
    const turn = contents.indexOf(after ?? "");
    assert.deepEqual(
      contents,
      contents.map((_, index) => (index < turn ? before : after)),
    );
  });
}

test("killed at any statement of its making, a registry is made whole the next time", async (t) => {
  const { directory, file } = newFolder(t);
  const copies = await copiesDuring(t, directory, async () => {
    await (await openDatabase({ file })).close();
  });
  assert.ok(copies.length > 20, `${copies.length} statements`);
  const empty = { models: [], endpoints: [], versions: [], audit: [], keys: [] };
  for (const copy of copies) assert.deepEqual(await contentAt(copy), empty);
});
