import assert from "node:assert/strict";
import { test } from "node:test";
import { FLIGHT, FLIGHT_REQUEST } from "../kit/flight-scene.ts";
import { connectWires, type Wire } from "../kit/four-wires.ts";
import { type RegistryApp, withDataFolder, withRegistryApp } from "../kit/registry-app.ts";
import { artifact } from "../kit/served-folder.ts";

/** `.ci/run` asks for a thousand. */
const SWAPS = Number(process.env["SIRVE_TEST_SWAPS"] ?? 150);
const WIRES: readonly Wire[] = ["native", "v2-binary", "grpc"];

/** When a version was champion, at the longest: from before it was promoted until after the next was. */
interface Reign {
  readonly version: number;
  readonly from: number;
  until: number;
}

test(`${SWAPS} promotions and roll backs under load fail no request, and who answers was champion`, async () => {
  await withDataFolder(async (data) =>
    withRegistryApp(data, async (registry) => {
      await registry.add(FLIGHT, [artifact(FLIGHT)]);
      await registry.add(FLIGHT, [artifact(FLIGHT), ["notes.txt", "the same model under another number"]]);
      const clients = connectWires(registry.url, `127.0.0.1:${registry.app.grpc?.port}`);
      const reigns: Reign[] = [{ version: 1, from: 0, until: Number.POSITIVE_INFINITY }];
      const state = { isOver: false, answers: 0 };
      const ask = async (wire: Wire) => {
        while (!state.isOver) {
          const sent = performance.now();
          const answer = await clients.infer(wire, FLIGHT_REQUEST);
          assert.ok(answer.ok, JSON.stringify(answer));
          state.answers += 1;
          const came = performance.now();
          const wasChampion = reigns.some(
            ({ version, from, until }) => version === answer.version && from <= came && until >= sent,
          );
          assert.ok(wasChampion, `version ${answer.version} answered from ${sent} to ${came}`);
        }
      };
      const traffic = Promise.all(WIRES.map(ask));
      try {
        await Promise.race([swapOften(registry, reigns), traffic]);
      } finally {
        state.isOver = true;
        await traffic;
        clients.close();
      }
      assert.ok(state.answers > SWAPS, `${state.answers} answers`);
      const moves = await registry.call("GET", "/api/v1/audit?action=alias.move&limit=1000");
      const { length } = moves.body["entries"] as readonly unknown[];
      assert.ok(length >= SWAPS - 1, `${length} moves`);
    }),
  );
});

async function swapOften({ call }: RegistryApp, reigns: Reign[]): Promise<void> {
  for (let swap = 0; swap < SWAPS; swap++) {
    const isForward = swap % 2 === 0;
    const body = isForward ? { version: 2 } : {};
    const before = reigns.at(-1);
    reigns.push({ version: isForward ? 2 : 1, from: performance.now(), until: Number.POSITIVE_INFINITY });
    const path = `/api/v1/models/${FLIGHT}/${isForward ? "promote" : "rollback"}`;
    const { status, body: answer } = await call("POST", path, { body });
    assert.equal(status, 200, JSON.stringify(answer));
    if (before) before.until = performance.now();
  }
}
