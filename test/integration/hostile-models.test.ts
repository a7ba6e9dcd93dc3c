import assert from "node:assert/strict";
import { linkSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { flightScene } from "../kit/flight-scene.ts";
import { WIRES } from "../kit/four-wires.ts";
import { until } from "../kit/until.ts";

const HOSTILE = "test/artifacts/hostile";

/** What the reason of each must say; undefined: it loads, and must be survived. */
const REASONS: Readonly<Record<string, RegExp | undefined>> = {
  "constant-of-shape-2-40": /more memory than there is/,
  cyclic: /cycle/,
  "declared-huge": /bytes|shape/,
  "duplicate-names": /twice|two|already/,
  "duplicate-outputs": /twice|two|already/,
  empty: /empty/,
  "external-absolute": /external data|outside|beside/,
  "external-hardlink": /link|external data/,
  "external-parent": /external data|outside|beside/,
  "external-symlink": /link|external data/,
  garbage: /not an ONNX file|protobuf|damaged/,
  "name-with-newline": /control character/,
  "nested-200": /deep|nest|graphs within/,
  "nested-30": undefined,
  "opset-99": /opset.*99|99.*opset/,
  truncated: /cut short|damaged/,
  "unknown-domain": /domain/,
  "zip-named": /ZIP/i,
};

test("hostile models that come while requests run are refused with their reasons, and no request is harmed", async () => {
  const names = readdirSync(HOSTILE)
    .filter((file) => file.endsWith(".onnx"))
    .map((file) => file.slice(0, -".onnx".length));
  assert.deepEqual(names.toSorted(), Object.keys(REASONS).toSorted());
  await flightScene(async ({ traffic, folder, clients, control, metric, url }) => {
    const requests = traffic(WIRES);
    for (const name of names) {
      mkdirSync(join(folder.path, name));
      const secret = join(folder.path, name, "secret");
      writeFileSync(secret, "only for the owner of this file.");
      folder.add(name, 1, join(HOSTILE, `${name}.onnx`));
      if (name === "external-symlink") symlinkSync(secret, folder.at(name, 1, "symlink.bin"));
      if (name === "external-hardlink") linkSync(secret, folder.at(name, 1, "hardlink.bin"));
    }
    const statuses = () => control.list().flatMap(({ versions }) => versions);
    await until("every verdict", () => {
      const settled = statuses().filter(({ state }) => state === "failed" || state === "ready");
      return settled.length === names.length + 1;
    });
    for (const { model, state, reason = "" } of statuses()) {
      const expected = REASONS[model];
      assert.equal(state, expected ? "failed" : "ready", `${model}: ${reason}`);
      if (expected) assert.match(reason, expected, model);
      const isPlain = Array.from(reason).every((letter) => letter === "\n" || letter >= " ");
      assert.ok(isPlain && !reason.includes("owner of this"), model);
    }
    const inputs = [{ name: "x", datatype: "FP32", shape: [1, 4], data: [1, 2, 3, 4] }];
    assert.ok((await clients.infer("grpc", { model: "nested-30", inputs })).ok);
    await requests.more(50);
    await requests.stop();
    assert.deepEqual(requests.failures, []);
    assert.equal(await metric("sirve_version_loads_total", 'outcome="failed"'), names.length - 1);
    assert.equal((await fetch(`${url}/health/ready`)).status, 200);
  });
});
