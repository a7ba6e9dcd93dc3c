import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { Deadline, systemClock } from "../../base/index.ts";
import { tensorOf } from "../../tensor/index.ts";
import { artifactAt, fixture } from "../fixtures.suite.ts";
import { createStockRuntime } from "./runtime.ts";

/** Processes of this one that run the stock engine. Source: proc_pid_stat(5). */
function childProcesses(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
        return parent === process.pid && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("child-main");
      } catch {
        return false; // Ended meanwhile.
      }
    })
    .map(Number);
}

const skip = process.platform === "linux" ? false : "needs /proc";
const x = new Map([
  [
    "x",
    tensorOf(
      "FP32",
      [1, 256],
      Array.from({ length: 256 }, (_, i) => i / 256),
    ),
  ],
]);

test("a killed process fails the run in it, and the next run has a new one", { skip }, async () => {
  const runtime = createStockRuntime({ lanes: 1, clock: systemClock });
  const session = await runtime.load(await fixture("slow-20ms"), new Deadline());
  const before = await session.start([x]).done;
  const [pid = assert.fail("no child")] = childProcesses();
  const run = session.start([x]);
  process.kill(pid, "SIGKILL");
  await assert.rejects(run.done, { code: "unavailable", message: /process died \(SIGKILL\)/ });
  const after = await session.start([x]).done;
  assert.deepEqual(after.outputs, before.outputs);
  assert.notDeepEqual(childProcesses(), [pid]);
  await session.close();
  await runtime.close();
});

test("closing ends the processes, and what comes later fails", { skip }, async () => {
  const runtime = createStockRuntime({ lanes: 2, clock: systemClock });
  const session = await runtime.load(await fixture("add-sub"), new Deadline());
  await runtime.close();
  await assert.rejects(session.start([new Map()]).done, { code: "unavailable" });
});

test("what onnxruntime-node cannot read is refused with the way out", async () => {
  const runtime = createStockRuntime({ lanes: 1, clock: systemClock });
  for (const [artifact, message] of [
    [await fixture("churn"), /"output_probability" is a map \(ZipMap\), which the stock engine cannot read/],
    [await fixture("identity-bf16"), /"x" is BF16, which the stock engine cannot read/],
    [
      await artifactAt("test/artifacts/hostile/unknown-domain.onnx"),
      /does not load: .*is not a registered function/,
    ],
  ] as const) {
    await assert.rejects(runtime.load(artifact, new Deadline()), { code: "failed_precondition", message });
  }
  await runtime.close();
});
