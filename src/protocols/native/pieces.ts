import { setImmediate } from "node:timers/promises";

/** Small enough that going through one piece, be it of lines of two bytes, takes some milliseconds. */
const PIECE_BYTES = 16_384;

/** A body piece by piece, letting the event loop turn in between. */
export async function* piecesOf(body: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < body.length; at += PIECE_BYTES) {
    if (at > 0) await setImmediate();
    yield body.subarray(at, at + PIECE_BYTES);
  }
}
