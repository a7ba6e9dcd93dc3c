/** Messages are cut here: trailers have a size limit of their own. */
const MAX_MESSAGE_CHARS = 4096;

/** A status message as a header value. @see gRPC over HTTP2, "Percent-Encoded". */
export function encodeMessage(message: string): string {
  const text = message.length > MAX_MESSAGE_CHARS ? `${message.slice(0, MAX_MESSAGE_CHARS)}…` : message;
  if (/^[\x20-\x24\x26-\x7e]*$/.test(text)) return text;
  let encoded = "";
  for (const byte of Buffer.from(text)) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== PERCENT;
    encoded += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

const PERCENT = 0x25;
