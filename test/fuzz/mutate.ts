import type { Random } from "./random.ts";

/** Bytes that mean something to length fields, UTF-8 and varints. */
const SPECIAL = [0, 1, 0x7f, 0x80, 0xc0, 0xe2, 0xff, 0x0a, 0x0d, 0x22, 0x2c, 0x2d, 0x7b, 0x5b];

/** What was made last, for the report of a failure. */
let last: Uint8Array = new Uint8Array();

/** The last input that {@link mutate} made, as hexadecimal text; long ones are cut. */
export function lastInput(): string {
  const shown = Buffer.from(last.subarray(0, MAX_SHOWN)).toString("hex");
  return last.length > MAX_SHOWN ? `${shown}… (${last.length} bytes)` : shown;
}

const MAX_SHOWN = 2048;

/** `bytes` with up to four changes: flipped, overwritten, cut, repeated, put in, or joined with `other`. */
export function mutate(bytes: Uint8Array, random: Random, other: Uint8Array = bytes): Uint8Array {
  let changed = Uint8Array.from(bytes);
  for (let n = 1 + random.below(4); n > 0; n--) changed = change(changed, random, other);
  last = changed;
  return changed;
}

function change(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const at = random.below(bytes.length + 1);
  const length = random.below(random.pick([2, 8, 64]));
  const rest = bytes.subarray(Math.min(bytes.length, at + length));
  switch (random.below(8)) {
    case 0:
      return join(bytes.subarray(0, at)); // cut short
    case 1:
      return join(bytes.subarray(0, at), rest); // taken out
    case 2:
      return join(bytes.subarray(0, at), random.bytes(length), rest);
    case 3:
      return join(bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)); // repeated
    case 4:
      return join(bytes.subarray(0, at), other.subarray(random.below(other.length + 1)));
    case 5:
      return join(bytes.subarray(0, at), Uint8Array.of(random.pick(SPECIAL)), bytes.subarray(at + 1));
    case 6:
      return join(bytes.subarray(0, at), hugeVarint(random), bytes.subarray(at + random.below(2)));
    default:
      return flip(bytes, at, random);
  }
}

/** A varint of up to twelve bytes: one more than fits 32 bits, two more than fit 64. */
function hugeVarint(random: Random): Uint8Array {
  const bytes = new Uint8Array(4 + random.below(9)).fill(0xff);
  bytes[bytes.length - 1] = random.pick([0, 1, 0x7f]);
  return bytes;
}

function flip(bytes: Uint8Array, at: number, random: Random): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(bytes);
  if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
  return copy;
}

const join = (...parts: readonly Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));
