import assert from "node:assert/strict";
import { after, test } from "node:test";
import { withApp } from "../kit/app.ts";
import { FLIGHT, FLIGHT_REQUEST } from "../kit/flight-scene.ts";
import { connectWires } from "../kit/four-wires.ts";
import { collectGarbage } from "../kit/garbage.ts";
import { artifact, createServedFolder } from "../kit/served-folder.ts";
import { until } from "../kit/until.ts";

const folder = createServedFolder();
after(() => folder.delete());
folder.add(FLIGHT, 1, artifact(FLIGHT));

/** Resident bytes once all garbage is gone. */
async function settledRss(): Promise<number> {
  await collectGarbage();
  return process.memoryUsage.rss();
}

const MIB = 2 ** 20;

test("memory comes back from 30 loads and unloads, each with an answer between them", async () => {
  await withApp(
    folder.path,
    async ({ url, grpc, control, metric }) => {
      await until("a look", () => control.list().length === 1);
      const clients = connectWires(url, grpc);
      let rss = 0;
      try {
        for (let cycle = 1; cycle <= 30; cycle++) {
          await control.load(FLIGHT);
          assert.ok((await clients.infer("native", FLIGHT_REQUEST)).ok);
          await control.unload(FLIGHT);
          if (cycle === 5) rss = await settledRss();
        }
        const grown = (await settledRss()) - rss;
        assert.ok(grown < 48 * MIB, `${Math.round(grown / MIB)} MiB more after 25 cycles`);
        assert.equal(await metric("sirve_requests_total"), 0, "series end with their versions");
        assert.equal(await metric("sirve_version_unloads_total"), 30);
      } finally {
        clients.close();
      }
    },
    { modelControl: "explicit" },
  );
});
