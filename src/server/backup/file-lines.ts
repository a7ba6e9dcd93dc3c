import { createReadStream } from "node:fs";

const NEWLINE = 0x0a;

/** The lines of a file as text, never more than one of them in memory. @throws what `tooLong` gives. */
export async function* linesOfFile(
  path: string,
  maxBytes: number,
  tooLong: () => Error,
): AsyncGenerator<string> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  const add = (part: Uint8Array) => {
    bytes += part.length;
    if (bytes > maxBytes) throw tooLong();
    parts.push(part);
  };
  const take = () => {
    const text = Buffer.concat(parts).toString("utf8");
    parts = [];
    bytes = 0;
    return text;
  };
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let at = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, at)) {
      add(chunk.subarray(at, end));
      at = end + 1;
      yield take();
    }
    add(chunk.subarray(at));
  }
  if (bytes > 0) yield take();
}
