import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { systemClock } from "../../base/index.ts";
import { describeRuntime } from "../contract.suite.ts";
import { createOnnxRuntime } from "./runtime.ts";

const cacheDir = await mkdtemp(join(tmpdir(), "sirve-probes-"));
after(() => rm(cacheDir, { recursive: true }));

describeRuntime("onnx", async () =>
  createOnnxRuntime({
    lanes: 2,
    cacheDir,
    probeTimeoutMs: 60_000,
    probeMemoryBytes: 2 ** 32,
    maxArtifactBytes: 2 ** 31,
    clock: systemClock,
  }),
);
