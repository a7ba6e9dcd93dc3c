import { cancelled, reasonOf } from "./attempt.ts";
import { SirveError } from "./error.ts";

/**
 * The lines of a stream of UTF-8, without their ends; LF and CRLF both end one.
 *
 * @throws SirveError `unavailable` if it breaks off, `cancelled` if `signal` ended it.
 */
export async function* linesOf(
  body: ReadableStream<Uint8Array> | null,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  if (body === null) return;
  const decoder = new TextDecoder();
  let rest = "";
  const reader = body.getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read().catch((thrown: unknown) => {
        throw brokenOff(thrown, signal);
      });
      rest += decoder.decode(value, { stream: !done });
      const parts = rest.split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) yield part.endsWith("\r") ? part.slice(0, -1) : part;
      if (done) break;
    }
    if (rest !== "") yield rest;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function brokenOff(thrown: unknown, signal: AbortSignal | undefined): SirveError {
  if (signal?.aborted) return cancelled(thrown);
  const details = { status: 0, code: "unavailable" };
  return new SirveError(`the answer broke off (${reasonOf(thrown)})`, details, thrown);
}
