import { PlatformError } from "../../base/index.ts";

const NEWLINE = 0x0a;

/**
 * Cuts a body into its lines, however its parts are cut; empty lines are skipped. `number` counts
 * lines from 1 as an editor does.
 *
 * @throws PlatformError `too_large` if a line is longer than `maxBytes`.
 */
export async function* linesOf(
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<{ readonly number: number; readonly bytes: Uint8Array }> {
  let number = 0;
  let pending: Uint8Array[] = [];
  let held = 0;
  for await (const part of parts) {
    let start = 0;
    for (let end = part.indexOf(NEWLINE); end !== -1; end = part.indexOf(NEWLINE, start)) {
      if (end === start && held === 0) {
        [number, start] = [number + 1, end + 1];
        continue;
      }
      const line = Buffer.concat([...pending, part.subarray(start, end)]);
      [pending, held, start] = [[], 0, end + 1];
      number += 1;
      if (line.length > maxBytes) throw tooLong(number, maxBytes);
      if (!isBlank(line)) yield { number, bytes: line };
    }
    held += part.length - start;
    if (held > maxBytes) throw tooLong(number + 1, maxBytes);
    if (start < part.length) pending.push(part.subarray(start));
  }
  const last = Buffer.concat(pending);
  if (!isBlank(last)) yield { number: number + 1, bytes: last };
}

const isBlank = (line: Uint8Array) => line.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09);

function tooLong(number: number, maxBytes: number): PlatformError {
  return new PlatformError("too_large", `line ${number} is longer than ${maxBytes} bytes`, {
    field: `line ${number}`,
    expected: `at most ${maxBytes} bytes`,
  });
}
