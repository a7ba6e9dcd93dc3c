import { type OrtApi, openLibc } from "./ffi.ts";

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
  /** CPU time of the lane, in microseconds. */
  cpuUs: 9,
  /** Wall time, in microseconds. */
  computeUs: 10,
} as const;

/** Numbers in a call. */
export const CALL_WORDS = 11;

/** Makes the call on this thread, blocking it, and writes its status. */
export function makeCall(api: OrtApi, call: Float64Array): void {
  call[CALL.status] = api.Run(
    call[0] ?? 0,
    call[1] ?? 0,
    call[2] ?? 0,
    call[3] ?? 0,
    call[4] ?? 0,
    call[5] ?? 0,
    call[6] ?? 0,
    call[7] ?? 0,
  );
}

/** Makes the call and writes what it cost too. */
export function makeTimedCall(api: OrtApi, call: Float64Array): void {
  const { threadCpuUs } = openLibc();
  const cpuBefore = threadCpuUs();
  const startedMs = performance.now();
  makeCall(api, call);
  call[CALL.computeUs] = (performance.now() - startedMs) * 1000;
  call[CALL.cpuUs] = threadCpuUs() - cpuBefore;
}
