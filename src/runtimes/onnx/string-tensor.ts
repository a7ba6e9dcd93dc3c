import { Strings } from "../../tensor/index.ts";
import { check, type Engine, outAddress } from "./engine.ts";
import { type Address, addressOf, openLibc } from "./ffi.ts";

/**
 * Writes strings into an OrtValue of strings from element `at` on; any bytes, embedded NULs
 * included. `FillStringTensor` would be one call, but it stops at NULs.
 */
export function fillStrings(engine: Engine, value: Address, at: number, strings: Strings): void {
  const { api, out } = engine;
  const { bytes, offsets } = strings;
  const count = strings.length;
  if (count === 0) return;
  const { copy } = openLibc();
  const base = addressOf(bytes);
  for (let i = 0; i < count; i++) {
    const from = offsets[i] ?? 0;
    const length = (offsets[i + 1] ?? 0) - from;
    const status = api.GetResizedStringTensorElementBuffer(value, at + i, length, out);
    if (status !== 0) check(engine, status);
    if (length > 0) copy(outAddress(engine), base + from, length);
  }
}

/** The strings of an OrtValue of `count` strings, copied. */
export function readStrings(engine: Engine, value: Address, count: number): Strings {
  if (count === 0) return Strings.empty(0);
  const { api, out } = engine;
  check(engine, api.GetStringTensorDataLength(value, out));
  const byteLength = outAddress(engine);
  const bytes = Buffer.allocUnsafeSlow(Math.max(byteLength, 1));
  const wide = new BigUint64Array(count);
  check(engine, api.GetStringTensorContent(value, addressOf(bytes), byteLength, addressOf(wide), count));
  const halves = new Uint32Array(wide.buffer);
  const offsets = new Uint32Array(count + 1);
  for (let i = 0; i < count; i++) offsets[i] = halves[2 * i] ?? 0;
  offsets[count] = byteLength;
  return new Strings(bytes.subarray(0, byteLength), offsets);
}
