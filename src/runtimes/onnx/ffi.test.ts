import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { PlatformError } from "../../base/index.ts";
import { check, openEngine, outAddress, takeFailure } from "./engine.ts";
import { allocateNative, freeNative, openLibc, openOrt, viewNative } from "./ffi.ts";
import { bundledLibrary } from "./library-path.ts";
import { createSessionOptions } from "./session-options.ts";

// Every other position is called by the contract suite, which loads, runs, stops and frees.

test("the library that is installed is one that is tested", () => {
  assert.match(openOrt(bundledLibrary()).version, /^1\.30\./);
});

test("a library that is none, or not there, is refused", () => {
  const refused = { code: "failed_precondition", message: /cannot be loaded/ };
  assert.throws(() => openOrt("/nowhere/libonnxruntime.so"), refused);
  assert.throws(() => openOrt(process.execPath), refused);
});

test("the positions for CUDA are those of CUDA", () => {
  const engine = openEngine(bundledLibrary());
  const { api, out } = engine;
  const options = createSessionOptions(engine, { intraOpThreads: 1, device: "cpu" });
  check(engine, api.CreateCUDAProviderOptions(out));
  const cuda = outAddress(engine);
  const appended = api.SessionOptionsAppendExecutionProvider_CUDA_V2(options, cuda);
  assert.match(takeFailure(engine, appended).message, /CUDA|shared library/i);
  api.ReleaseCUDAProviderOptions(cuda);
  api.ReleaseSessionOptions(options);
  api.ReleaseEnv(engine.env);
});

test('device "cuda" says what is missing and which flag gives it', async () => {
  const engine = openEngine(bundledLibrary());
  const settings = { intraOpThreads: 1, device: "cuda" } as const;
  const refused = (text: RegExp) => (error: PlatformError) => {
    assert.equal(error.code, "failed_precondition");
    assert.match(error.message, text);
    return true;
  };
  const notThere = /libonnxruntime_providers_cuda\.so is not beside the ONNX Runtime library/;
  assert.throws(() => createSessionOptions(engine, settings), refused(notThere));
  const folder = await mkdtemp(join(tmpdir(), "sirve-library-"));
  try {
    await writeFile(join(folder, "libonnxruntime_providers_cuda.so"), "not a library");
    const beside = { ...engine, libraryPath: join(folder, "libonnxruntime.so") };
    assert.throws(() => createSessionOptions(beside, settings), refused(/CUDA does not start: /));
  } finally {
    await rm(folder, { recursive: true });
    engine.api.ReleaseEnv(engine.env);
  }
});

test("a failing call becomes an error with the engine's text", () => {
  const engine = openEngine(bundledLibrary());
  const { api, out } = engine;
  assert.throws(() => check(engine, api.SetSessionGraphOptimizationLevel(0, 12345)), {
    code: "internal",
    message: /^the engine failed: /,
  });
  check(engine, api.CreateRunOptions(out));
  const runOptions = outAddress(engine);
  check(engine, api.RunOptionsSetTerminate(runOptions));
  check(engine, api.RunOptionsUnsetTerminate(runOptions));
  api.ReleaseRunOptions(runOptions);
  api.ReleaseMemoryInfo(engine.cpuMemory);
  api.ReleaseEnv(engine.env);
});

test("native memory is zeroed, seen through views and copied between addresses", () => {
  const from = allocateNative(16);
  const to = allocateNative(16);
  const [source, target] = [from, to].map((address) => new Uint8Array(viewNative(address, 16)));
  assert.deepEqual(
    [...(target ?? [])],
    Array.from({ length: 16 }, () => 0),
  );
  source?.set([1, 2, 3], 4);
  openLibc().copy(to, from + 4, 3);
  assert.deepEqual([...(target?.subarray(0, 4) ?? [])], [1, 2, 3, 0]);
  freeNative(from);
  freeNative(to);
  openLibc().trim();
});

test("the thread's clock and Node's agree", () => {
  const cpuUs = () => {
    const { user, system } = process.threadCpuUsage();
    return user + system;
  };
  const { threadCpuUs } = openLibc();
  const [ours, nodes] = [threadCpuUs(), cpuUs()];
  let sum = 0;
  for (let i = 0; i < 20_000_000; i++) sum += Math.sqrt(i);
  assert.ok(sum > 0);
  const [ourUs, nodeUs] = [threadCpuUs() - ours, cpuUs() - nodes];
  // Node's may lag by a tick of the scheduler.
  assert.ok(ourUs > 0 && Math.abs(ourUs - nodeUs) < 0.2 * nodeUs + 10_000, `${ourUs} and ${nodeUs}`);
});

test("what the process has allocated is told, where glibc tells it", {
  skip: process.platform !== "linux",
}, () => {
  const { heapBytes } = openLibc();
  const before = heapBytes();
  const block = allocateNative(50_000_000);
  const grown = heapBytes() - before;
  freeNative(block);
  assert.ok(grown >= 50_000_000 && grown < 60_000_000, String(grown));
});
