import { crc32 } from "node:zlib";

/** A header of a frame: name and value are text. */
const STRING = 7;

/** One frame of `application/vnd.amazon.eventstream` with a part of the payload. @see Smithy, "Event stream encoding". */
export function payloadPart(payload: Uint8Array): Uint8Array {
  return frame(
    [
      [":message-type", "event"],
      [":event-type", "PayloadPart"],
      [":content-type", "application/octet-stream"],
    ],
    payload,
  );
}

function frame(headers: readonly (readonly [string, string])[], payload: Uint8Array): Uint8Array {
  const head = Buffer.concat(headers.map(([name, value]) => headerBytes(name, value)));
  const bytes = Buffer.alloc(12 + head.length + payload.length + 4);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.writeUInt32BE(head.length, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  head.copy(bytes, 12);
  bytes.set(payload, 12 + head.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, bytes.length - 4)), bytes.length - 4);
  return bytes;
}

function headerBytes(name: string, value: string): Buffer {
  const [key, text] = [Buffer.from(name), Buffer.from(value)];
  const size = Buffer.alloc(3);
  size[0] = STRING;
  size.writeUInt16BE(text.length, 1);
  return Buffer.concat([Buffer.from([key.length]), key, size, text]);
}
