import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createClient, SirveError } from "../../src/client/index.ts";
import { freshPostgres } from "../kit/postgres.ts";
import { addNoted, startRegistry } from "../kit/registry-process.ts";
import { needs } from "../kit/require.ts";
import { withProxy } from "../kit/toxiproxy.ts";
import { until } from "../kit/until.ts";

const skip = needs("postgres") || needs("toxiproxy");
const folder = mkdtempSync(join(tmpdir(), "sirve-hanging-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("while PostgreSQL hangs, predictions go on and changes end with a reason; afterwards all is as before", {
  skip,
}, async (t) => {
  const postgres = await freshPostgres();
  t.after(() => postgres.drop());
  await withProxy(postgres.url, async (proxy) => {
    const url = new URL(postgres.url);
    url.host = `127.0.0.1:${proxy.port}`;
    const server = await startRegistry(folder, [], { SIRVE_DATABASE_URL: url.href });
    try {
      const client = createClient({ url: server.url, retries: 0, timeoutMs: 60_000 });
      for (const note of ["one", "two"]) await addNoted(client, "echo", note);
      const ask = async () => (await client.predict("echo", { inputs: { x: [[1, 2]] } })).version;
      // Nothing comes back any more, and no connection is closed.
      await proxy.add("timeout", { timeout: 0 });
      const promoting = client.admin.promote({ params: { model: "echo" }, body: { version: 2 } });
      const ended = promoting.then(
        () => assert.fail("nobody can have heard of it"),
        (thrown: unknown) => thrown,
      );
      let answers = 0;
      let failure: unknown;
      void ended.then((thrown) => (failure = thrown));
      await until("the end of the change", async () => {
        assert.equal(await ask(), 1);
        answers += 1;
        return failure !== undefined;
      });
      assert.ok(failure instanceof SirveError, String(failure));
      assert.ok(["unavailable", "deadline_exceeded"].includes(failure.code), failure.message);
      assert.ok(answers > 10, `${answers} answers`);
      await proxy.reset();
      await until("a registry that answers", async () => {
        return await client.admin.listVersions({ params: { model: "echo" } }).then(
          () => true,
          () => false,
        );
      });
      const { version } = await client.admin.promote({ params: { model: "echo" }, body: { version: 2 } });
      assert.equal(version, 2);
      await until("the new champion", async () => (await ask()) === 2);
    } finally {
      await server.stop();
    }
  });
});
