import { type EngineFailure, engineError } from "./engine-error.ts";
import { type Address, allocateNative, type OrtApi, openOrt, viewNative } from "./ffi.ts";
import { getWord } from "./native-word.ts";

/** Versions of the library that the tests of this project run with. */
const TESTED = /^1\.30\./;

/** Severity from which the engine itself prints to stderr: 4 is "fatal". What goes wrong is in the status. */
const LOG_SEVERITY = 4;

/** OrtArenaAllocator and OrtMemTypeDefault. */
const ARENA_ALLOCATOR = 1;
const MEM_TYPE_DEFAULT = 0;

/** Where a bound function writes its results: a few words of native memory per thread. */
const OUT_WORDS = 64;

/**
 * ONNX Runtime as one thread uses it. The environment is one per process: the first thread creates
 * it, the others are given its address.
 */
export interface Engine {
  readonly api: OrtApi;
  readonly libraryPath: string;
  /** Address of the process-wide OrtEnv. */
  readonly env: Address;
  /** OrtMemoryInfo of main memory. */
  readonly cpuMemory: Address;
  /** The default OrtAllocator. */
  readonly allocator: Address;
  /** Where calls of this thread put results, and the same memory as 32-bit halves. */
  readonly out: Address;
  readonly outHalves: Uint32Array;
}

/** Opens the library for the calling thread; without `env` creates the environment of the process. */
export function openEngine(libraryPath: string, env?: Address): Engine {
  const api = openOrt(libraryPath);
  const out = allocateNative(OUT_WORDS * 8);
  const outHalves = new Uint32Array(viewNative(out, OUT_WORDS * 8));
  const base = { api, libraryPath, out, outHalves, env: 0, cpuMemory: 0, allocator: 0 };
  const environment = env ?? createEnv(base);
  check(base, api.CreateCpuMemoryInfo(ARENA_ALLOCATOR, MEM_TYPE_DEFAULT, out));
  const cpuMemory = outAddress(base);
  check(base, api.GetAllocatorWithDefaultOptions(out));
  return { ...base, env: environment, cpuMemory, allocator: outAddress(base) };
}

function createEnv(engine: Engine): Address {
  const name = allocateNative(8);
  new Uint8Array(viewNative(name, 8)).set(Buffer.from("sirve\0"));
  // The environment and its name live as long as the process.
  check(engine, engine.api.CreateEnv(LOG_SEVERITY, name, engine.out));
  return outAddress(engine);
}

/** The address, size or small integer that the last call wrote to `engine.out`, word `index`. */
export function outAddress({ outHalves }: Engine, index = 0): Address {
  return getWord(outHalves, index);
}

/** @throws PlatformError with the engine's message unless `status` is 0; releases it. */
export function check(engine: Engine, status: Address): void {
  if (status !== 0) throw engineError(takeFailure(engine, status));
}

/** What a status says; it is released. */
export function takeFailure({ api }: Pick<Engine, "api">, status: Address): EngineFailure {
  const code = api.GetErrorCode(status);
  const message = api.GetErrorMessage(status);
  api.ReleaseStatus(status);
  return { code, message };
}

/** Whether the project's tests run with this version of the library. */
export function isTestedVersion(version: string): boolean {
  return TESTED.test(version);
}
