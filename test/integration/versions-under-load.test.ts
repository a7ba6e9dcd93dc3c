import assert from "node:assert/strict";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { test } from "node:test";
import { FLIGHT, FLIGHT_REQUEST, flightScene, slowRows } from "../kit/flight-scene.ts";
import { WIRES } from "../kit/four-wires.ts";
import { artifact } from "../kit/served-folder.ts";
import { until } from "../kit/until.ts";

test("versions come by rename and go by deletion under load, and no request fails", async () => {
  await flightScene(async ({ traffic, folder, comesTo, stateOf, metric }) => {
    const requests = traffic([...WIRES, ...WIRES]);
    for (let version = 2; version <= 5; version++) {
      await requests.more(50);
      folder.add(FLIGHT, version, artifact(FLIGHT));
      await comesTo("ready", FLIGHT, version);
      await until("the old version to be gone", () => stateOf(FLIGHT, version - 1) === "unloaded");
      folder.remove(FLIGHT, version - 1);
    }
    await requests.more(50);
    await requests.stop();
    assert.deepEqual(requests.failures, []);
    assert.deepEqual([...requests.versions], [1, 2, 3, 4, 5]);
    assert.equal(await metric("sirve_requests_total", `model="${FLIGHT}"`, 'version="1"'), 0, "series end");
    assert.ok((await metric("sirve_requests_total", `model="${FLIGHT}"`, 'version="5"')) > 0);
  });
});

test("a version whose files are replaced is answered by the new ones, and counted as before", async () => {
  await flightScene(async ({ traffic, folder, control, metric }) => {
    const requests = traffic(["native", "grpc"]);
    await requests.more(20);
    const digest = () => control.describe(FLIGHT, 1).status.digest;
    const before = digest();
    // One byte more in the file's free text, so that it is another file.
    const bytes = Buffer.concat([readFileSync(artifact(FLIGHT)), Buffer.from([0x12, 0x01, 0x78])]);
    folder.replace(FLIGHT, 1, bytes);
    await until("the new file", () => digest() !== before);
    await until("the old one to be gone", () => control.list()[0]?.versions.length === 1);
    const counted = await metric("sirve_requests_total", `model="${FLIGHT}"`, 'code="ok"');
    await requests.more(20);
    await requests.stop();
    assert.deepEqual(requests.failures, []);
    assert.ok((await metric("sirve_requests_total", `model="${FLIGHT}"`, 'code="ok"')) > counted);
  });
});

test("a version that is written slowly in place is loaded once it is whole, never before", async () => {
  await flightScene(async ({ traffic, folder, comesTo, control, stateOf }) => {
    const requests = traffic(["native", "grpc"]);
    const bytes = readFileSync(artifact(FLIGHT));
    mkdirSync(folder.at(FLIGHT, 2));
    const file = openSync(folder.at(FLIGHT, 2, "model.onnx"), "w");
    for (let piece = 0; piece < 20; piece++) {
      writeSync(file, bytes, Math.floor((piece * bytes.length) / 20), Math.ceil(bytes.length / 20));
      assert.equal(stateOf(FLIGHT, 2), undefined, "half a file is no version");
      // More often than the server looks, which is every 50 ms.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    writeFileSync(folder.at(FLIGHT, 2, "model.onnx"), bytes);
    closeSync(file);
    await comesTo("ready", FLIGHT, 2);
    await requests.more(10);
    await requests.stop();
    assert.deepEqual([requests.failures, [...requests.versions]], [[], [1, 2]]);
    const reasons = control.list().flatMap(({ versions }) => versions.map(({ reason }) => reason ?? ""));
    assert.ok(reasons.every((reason) => !reason.includes("cut short")));
  });
});

test("an upload that breaks off is refused with its reason, and loads once it is complete", async () => {
  await flightScene(async ({ folder, comesTo, control, clients }) => {
    const bytes = readFileSync(artifact(FLIGHT));
    folder.add(FLIGHT, 2, bytes.subarray(0, bytes.length >> 1));
    await comesTo("failed", FLIGHT, 2);
    assert.match(control.list()[0]?.versions[1]?.reason ?? "", /cut short/);
    assert.ok((await clients.infer("native", FLIGHT_REQUEST)).ok, "the old one answers");
    writeFileSync(folder.at(FLIGHT, 2, "model.onnx"), bytes);
    await comesTo("ready", FLIGHT, 2);
    const answer = await clients.infer("grpc", FLIGHT_REQUEST);
    assert.ok(answer.ok && answer.version === 2);
  });
});

test("a deleted version finishes the request that it is working on, then frees its memory", async () => {
  await flightScene(async ({ folder, clients, comesTo, metric, stateOf }) => {
    folder.add("slow", 1, artifact("slow-20ms"), { batching: { mode: "none" } });
    await comesTo("ready", "slow", 1);
    const answers = WIRES.map((wire) => clients.infer(wire, { model: "slow", inputs: slowRows(8) }));
    await until("a run", async () => (await metric("sirve_queue_rows", 'model="slow"')) > 0);
    folder.remove("slow");
    await comesTo("draining", "slow", 1);
    const late = await clients.infer("native", { model: "slow", inputs: slowRows(1) });
    assert.ok(!late.ok && (late.status === 503 || late.status === 404));
    for (const answer of await Promise.all(answers)) assert.ok(answer.ok, JSON.stringify(answer));
    await until("the end of it", () => stateOf("slow", 1) === undefined);
  });
});
