import assert from "node:assert/strict";
import { test } from "node:test";
import { serve } from "../../test/kit/serve-http.ts";
import { healthProtocol } from "./health.ts";

const state = { started: false, ready: false };
const protocol = healthProtocol({
  health: { isStarted: () => state.started, isReady: () => state.ready },
  metrics: { print: async () => "sirve_up 1\n" },
});

test("probes tell the truth at every stage, and always say that the process lives", async () => {
  await serve([...protocol.routes], async ({ port }) => {
    const ask = async (path: string) => {
      const reply = await fetch(`http://127.0.0.1:${port}${path}`);
      return [reply.status, await reply.text()];
    };
    const stages: [boolean, boolean][] = [
      [false, false],
      [true, true],
      [true, false],
    ];
    for (const [started, ready] of stages) {
      Object.assign(state, { started, ready });
      assert.deepEqual(await ask("/health/live"), [200, '{"live":true}']);
      assert.deepEqual(await ask("/health/startup"), [started ? 200 : 503, `{"started":${started}}`]);
      assert.deepEqual(await ask("/health/ready"), [ready ? 200 : 503, `{"ready":${ready}}`]);
      assert.equal((await ask("/livez"))[0], 200);
      assert.equal((await ask("/readyz"))[0], ready ? 200 : 503);
    }
    assert.deepEqual(await ask("/metrics"), [200, "sirve_up 1\n"]);
    assert.equal((await ask("/health/nope"))[0], 404);
  });
});
