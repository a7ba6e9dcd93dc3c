import { setImmediate } from "node:timers/promises";

/** Small enough that going through one piece takes some milliseconds at the most. */
const PIECE_BYTES = 131_072;

/** A body piece by piece, letting the event loop turn in between. */
export async function* piecesOf(body: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < body.length; at += PIECE_BYTES) {
    if (at > 0) await setImmediate();
    yield body.subarray(at, at + PIECE_BYTES);
  }
}
