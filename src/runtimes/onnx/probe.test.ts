import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Deadline, PlatformError, systemClock } from "../../base/index.ts";
import { signatureOf } from "../../onnx/index.ts";
import type { Artifact } from "../contract.ts";
import { artifactAt, fixture } from "../fixtures.suite.ts";
import { modelInfo } from "../model-info.ts";
import { bundledLibrary } from "./library-path.ts";
import { ProbeCache } from "./probe-cache.ts";
import { type ProbeFound, type ProbeLimits, probeInChild } from "./probe-child.ts";
import { createOnnxRuntime } from "./runtime.ts";

const LIMITS: ProbeLimits = { timeoutMs: 60_000, memoryBytes: 2 ** 32, clock: systemClock, execArgv: [] };

const scratch = await mkdtemp(join(tmpdir(), "sirve-probe-"));
after(() => rm(scratch, { recursive: true }));

async function probe(
  artifact: Artifact,
  limits: Partial<ProbeLimits> = {},
  deadline = new Deadline(),
  libraryPath = bundledLibrary(),
): Promise<ProbeFound> {
  const signature = signatureOf(await modelInfo(artifact));
  const settings = { intraOpThreads: 1, device: "cpu" } as const;
  const request = { path: artifact.path, settings, zipMaps: [] };
  const task = { libraryPath, request, manifest: artifact.manifest, signature };
  return await probeInChild(task, { ...LIMITS, ...limits }, deadline);
}

test("a probe finds how the rows behave and what memory the process took", async () => {
  const { peakRssBytes, ...found } = await probe(await fixture("add-sub"));
  assert.deepEqual(found, { rows: "independent", rowsReason: "", shapesHold: true, isSlow: false });
  assert.ok(peakRssBytes > 2 ** 20);
});

test("a model that takes more memory than allowed is refused, and only its process ends", async () => {
  // 2^40 elements asked for by a constant shape.
  const bomb = await artifactAt("test/artifacts/hostile/constant-of-shape-2-40.onnx");
  await assert.rejects(probe(bomb, { memoryBytes: 2 ** 28 }), {
    code: "failed_precondition",
    message: /asks for more memory than there is|took more than 256 MiB of memory/,
  });
  await assert.rejects(probe(await fixture("big-output"), { memoryBytes: 2 ** 24 }), {
    code: "failed_precondition",
    message: "the model took more than 16 MiB of memory in a trial run",
  });
});

test("a probe that takes too long, or whose deadline is over, is ended", async () => {
  await assert.rejects(probe(await fixture("endless"), { timeoutMs: 300 }), {
    code: "failed_precondition",
    message: "the model did not end within 300 ms in a trial run",
  });
  const deadline = new Deadline();
  const probing = probe(await fixture("endless"), {}, deadline);
  setImmediate(() => deadline.end(new PlatformError("cancelled", "unloaded")));
  await assert.rejects(probing, { code: "cancelled" });
});

test("a crash of the engine is told apart from a process that does not start", async () => {
  // A library whose code is not code: the first call into it kills the process.
  const library = join(scratch, "libonnxruntime.so");
  const bytes = await readFile(bundledLibrary());
  const base = bytes.indexOf(Buffer.from("OrtGetApiBase\0"));
  assert.ok(base > 0);
  await writeFile(library, crashing(bytes));
  await assert.rejects(probe(await fixture("add-sub"), {}, new Deadline(), library), {
    code: "failed_precondition",
    message: /^the model crashed the engine \(SIG[A-Z]+\) in a trial run$/,
  });
});

/** An ELF file whose executable segment holds only traps (int3). */
function crashing(elf: Buffer): Buffer {
  const headers = Number(elf.readBigUInt64LE(32));
  const [size, count] = [elf.readUInt16LE(54), elf.readUInt16LE(56)];
  for (let i = 0; i < count; i++) {
    const at = headers + i * size;
    const isCode = elf.readUInt32LE(at) === 1 && (elf.readUInt32LE(at + 4) & 1) === 1;
    if (!isCode) continue;
    const offset = Number(elf.readBigUInt64LE(at + 8));
    elf.fill(0xcc, offset, offset + Number(elf.readBigUInt64LE(at + 32)));
  }
  return elf;
}

const FOUND: ProbeFound = {
  rows: "none",
  rowsReason: 'input "factor" has no batch axis',
  shapesHold: true,
  isSlow: false,
  peakRssBytes: 5,
};

test("what was found is remembered by artifact, engine and manifest, and a spoilt record is made anew", async () => {
  const folder = join(scratch, "cache");
  const cache = new ProbeCache(folder, "engine 1");
  const artifact = await fixture("scalar");
  assert.equal(await cache.read(artifact), undefined);
  await cache.write(artifact, FOUND);
  assert.deepEqual(await cache.read(artifact), FOUND);
  assert.equal(await new ProbeCache(folder, "engine 2").read(artifact), undefined);
  const otherBatching = { ...artifact.manifest.batching, mode: "rows" } as const;
  const manifest = { ...artifact.manifest, batching: otherBatching };
  assert.equal(await cache.read({ ...artifact, manifest }), undefined);
  const probes = join(folder, "probes");
  const [file = ""] = await readdir(probes);
  for (const text of ["", "{", '{"rows":"none"}', JSON.stringify({ ...FOUND, rows: "maybe" })]) {
    await writeFile(join(probes, file), text);
    assert.equal(await cache.read(artifact), undefined, text);
  }
  await cache.write(artifact, FOUND);
  assert.deepEqual(await cache.read(artifact), FOUND);
  assert.equal((await readdir(probes)).length, 1);
});

test("a cache that cannot be written is no error, and none keeps nothing", async () => {
  const file = join(scratch, "file");
  await writeFile(file, "");
  const artifact = await fixture("scalar");
  for (const folder of [join(file, "below"), undefined]) {
    const cache = new ProbeCache(folder, "engine 1");
    await cache.write(artifact, FOUND);
    assert.equal(await cache.read(artifact), undefined);
  }
});

test("a remembered artifact is loaded without a trial", async () => {
  const cacheDir = join(scratch, "remembered");
  const limits = { probeTimeoutMs: 60_000, probeMemoryBytes: 2 ** 32, maxArtifactBytes: 2 ** 31 };
  const artifact = await fixture("mixed");
  const first = createOnnxRuntime({ lanes: 1, cacheDir, ...limits, clock: systemClock });
  await (await first.load(artifact, new Deadline())).close();
  await first.close();
  // With no memory allowed, a trial would be refused.
  const second = createOnnxRuntime({
    lanes: 1,
    cacheDir,
    ...limits,
    probeMemoryBytes: 1,
    clock: systemClock,
  });
  const session = await second.load(artifact, new Deadline());
  assert.equal(session.rows, "independent");
  await session.close();
  await assert.rejects(second.load(await fixture("add-sub"), new Deadline()), {
    code: "failed_precondition",
  });
  await second.close();
});
