import { openLibc } from "./ffi.ts";

/** CPU time of the calling thread so far, in microseconds. */
export function threadCpuUs(): number {
  return openLibc().threadCpuUs();
}
