import assert from "node:assert/strict";
import { test } from "node:test";
import { withApp } from "../kit/app.ts";
import { connectWires, WIRES } from "../kit/four-wires.ts";
import { createServedFolder } from "../kit/served-folder.ts";

test("a prediction for a model or version that is not here is counted on every wire, by its code", async () => {
  const folder = createServedFolder("add-sub");
  try {
    await withApp(folder.path, async ({ url, grpc, metric }) => {
      const clients = connectWires(url, grpc);
      const inputs = [{ name: "x", datatype: "FP32", shape: [1], data: [1] }];
      const unmatched = async () => metric("sirve_requests_unmatched_total", 'code="not_found"');
      try {
        assert.equal(await unmatched(), 0);
        for (const wire of WIRES) {
          const { ok } = await clients.infer(wire, { model: "nobody", inputs });
          assert.equal(ok, false);
        }
        assert.equal(await unmatched(), WIRES.length);
        await clients.infer("v2-json", { model: "add-sub", version: 9, inputs });
        assert.equal(await unmatched(), WIRES.length + 1);
      } finally {
        clients.close();
      }
    });
  } finally {
    folder.delete();
  }
});
