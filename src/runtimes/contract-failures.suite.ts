import assert from "node:assert/strict";
import { test } from "node:test";
import { Deadline } from "../base/index.ts";
import { tensorOf } from "../tensor/index.ts";
import { artifactAt } from "./fixtures.suite.ts";
import { assertSameBits, type Given, only, runBoth } from "./suite-kit.suite.ts";

/** Runs and loads that fail. */
export function testFailures({ load, runtime }: Given): void {
  test("a run that fails on its inputs says so, and the session goes on", async () => {
    const session = await load("fails-on-negative");
    const index = (value: number) => only(tensorOf("INT64", [1], [value]), "index");
    const failed = {
      code: "invalid_argument",
      message: /does not take these inputs: .*out of (data )?bounds/,
    };
    await assert.rejects(session.start([index(-100)]).done, failed);
    await assert.rejects(session.start([index(1), index(-100)]).done, failed);
    if (session.runInline) assert.throws(() => session.runInline?.([index(-100)]), failed);
    const good = await runBoth(session, [index(7)]);
    assertSameBits(good.outputs.get("row"), tensorOf("FP32", [1, 4], [7, 7.25, 7.5, 7.75]));
  });

  test("a file that is not a model is refused, without a path of this host", async () => {
    const hostile = ["garbage", "empty", "truncated", "zip-named", "unknown-domain", "opset-99", "cyclic"];
    for (const name of hostile) {
      const artifact = await artifactAt(`test/artifacts/hostile/${name}.onnx`);
      await assert.rejects(runtime().load(artifact, new Deadline()), (thrown: Error & { code?: string }) => {
        assert.equal(thrown.code, "failed_precondition", name);
        assert.match(thrown.message, /^(the model does not load: .|no output of the model)/, name);
        assert.doesNotMatch(thrown.message, /\/work|onnxruntime_src|\.(cc|h):\d/, name);
        return true;
      });
    }
  });
}

/** Runs that are stopped. */
export function testStopping({ load }: Given): void {
  test("a run that never ends is stopped, and the session goes on", { timeout: 60_000 }, async () => {
    const session = await load("endless-on-negative");
    const x = (value: number) => only(tensorOf("FP32", [1, 4], [value, 1, 2, 3]));
    const endless = session.start([x(-1)]);
    const stopped = assert.rejects(endless.done, { code: "cancelled" });
    // By the time another run has come back, this one is under way in its lane.
    await session.start([x(1)]).done;
    endless.terminate();
    endless.terminate();
    await stopped;
    assertSameBits((await runBoth(session, [x(5)])).outputs.get("y"), tensorOf("FP32", [1, 4], [5, 1, 2, 3]));
  });

  test("a run that waits for a lane is stopped without having run", { timeout: 60_000 }, async () => {
    const session = await load("endless-on-negative");
    const x = (value: number) => only(tensorOf("FP32", [1, 4], [value, 1, 2, 3]));
    const endless = [1, 2, 3, 4].map(() => session.start([x(-1)]));
    const stopped = endless.map((run) => assert.rejects(run.done, { code: "cancelled" }));
    for (const run of endless.toReversed()) run.terminate();
    await Promise.all(stopped);
    await runBoth(session, [x(1)]);
  });

  test("a model that never ends loads, and its rows are not joined", { timeout: 60_000 }, async () => {
    const session = await load("endless");
    assert.equal(session.rows, "none");
    assert.match(session.rowsReason, /did not end/);
  });
}
