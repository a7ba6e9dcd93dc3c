import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { systemClock } from "../../base/index.ts";
import { describeRuntime } from "../contract.suite.ts";
import { createOnnxRuntime } from "./runtime.ts";

const cacheDir = await mkdtemp(join(tmpdir(), "sirve-probes-"));
after(() => rm(cacheDir, { recursive: true }));

const open = () =>
  createOnnxRuntime({
    lanes: 2,
    cacheDir,
    probeTimeoutMs: 60_000,
    probeMemoryBytes: 2 ** 32,
    maxArtifactBytes: 2 ** 31,
    clock: systemClock,
  });

describeRuntime("onnx", async () => open());

test("an engine that is closed while its threads still start ends them, and the process goes on", async () => {
  for (let ms = 0; ms < 60; ms += 6) {
    const runtime = open();
    await new Promise((resolve) => setTimeout(resolve, ms));
    await runtime.close();
  }
});
