import type { OrtApi } from "./ffi.ts";
import { threadCpuUs } from "./thread-cpu.ts";

/**
 * One call of the engine's Run as a row of numbers, so that it can be handed to another thread in
 * shared memory: the eight arguments, then what came of it.
 */
export const CALL = {
  session: 0,
  runOptions: 1,
  inputNames: 2,
  inputs: 3,
  inputCount: 4,
  outputNames: 5,
  outputCount: 6,
  outputs: 7,
  /** OrtStatus, 0 for success. */
  status: 8,
  /** CPU time of the calling thread, in microseconds. */
  cpuUs: 9,
  /** Wall time, in microseconds. */
  computeUs: 10,
} as const;

/** Numbers in a call. */
export const CALL_WORDS = 11;

/** Makes the call on this thread, blocking it, and writes what came of it. */
export function executeRun(api: OrtApi, call: Float64Array): void {
  const [session = 0, runOptions = 0, inputNames = 0, inputs = 0] = call;
  const cpuBefore = threadCpuUs();
  const startedMs = performance.now();
  const status = api.Run(
    session,
    runOptions,
    inputNames,
    inputs,
    call[CALL.inputCount] ?? 0,
    call[CALL.outputNames] ?? 0,
    call[CALL.outputCount] ?? 0,
    call[CALL.outputs] ?? 0,
  );
  call[CALL.computeUs] = (performance.now() - startedMs) * 1000;
  call[CALL.cpuUs] = threadCpuUs() - cpuBefore;
  call[CALL.status] = status;
}
