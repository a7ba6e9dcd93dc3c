import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { withDataFolder } from "../kit/registry-app.ts";
import { addNoted, impatient, killed, startRegistry } from "../kit/registry-process.ts";

const KEY = "one-roll-back";

test("a roll back that is asked for again after its server was killed goes no second step back", async () => {
  await withDataFolder(async (data) => {
    const first = await startRegistry(data);
    try {
      const client = impatient(first.url);
      for (const note of ["1", "2", "3"]) await addNoted(client, "churn", note);
      for (const version of [2, 3]) {
        await client.admin.promote({ params: { model: "churn" }, body: { version } });
      }
      assert.equal((await rollBack(first.url)).version, 2);
    } finally {
      await killed(first);
    }
    loseTheAnswer(data);
    const second = await startRegistry(data);
    try {
      const again = await rollBack(second.url);
      assert.deepEqual([again.version, again.previous], [2, 3]);
      const { aliases } = await impatient(second.url).admin.listAliases({ params: { model: "churn" } });
      assert.deepEqual(
        aliases.map(({ alias, version, previous }) => [alias, version, previous]),
        [["champion", 2, [1]]],
      );
    } finally {
      await killed(second);
    }
  });
});

async function rollBack(url: string): Promise<{ version: number; previous: number }> {
  const reply = await fetch(`${url}/api/v1/models/churn/rollback`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": KEY },
    body: "{}",
  });
  assert.equal(reply.status, 200, await reply.clone().text());
  return (await reply.json()) as { version: number; previous: number };
}

/** As a server leaves it that is killed between the change and its answer. */
function loseTheAnswer(data: string): void {
  const database = new DatabaseSync(join(data, "sirve.db"));
  const { changes } = database
    .prepare("update idempotency set status = null, body = null where status = 200")
    .run();
  database.close();
  assert.ok(Number(changes) >= 1);
}
