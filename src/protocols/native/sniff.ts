import { isUtf8 } from "node:buffer";

/** First bytes by which a file is known. */
const SIGNATURES: readonly { readonly type: string; readonly at: number; readonly bytes: string }[] = [
  { type: "image/png", at: 0, bytes: "\x89PNG\r\n\x1a\n" },
  { type: "image/jpeg", at: 0, bytes: "\xff\xd8\xff" },
  { type: "image/gif", at: 0, bytes: "GIF8" },
  { type: "image/webp", at: 8, bytes: "WEBP" },
  { type: "image/tiff", at: 0, bytes: "II*\0" },
  { type: "image/tiff", at: 0, bytes: "MM\0*" },
  { type: "image/avif", at: 4, bytes: "ftypavif" },
  { type: "audio/wav", at: 8, bytes: "WAVE" },
  { type: "audio/flac", at: 0, bytes: "fLaC" },
  { type: "audio/ogg", at: 0, bytes: "OggS" },
  { type: "audio/mpeg", at: 0, bytes: "ID3" },
];

/**
 * The media type that bytes look like: a picture or sound by its signature, JSON by its first
 * character, other text in UTF-8, or "application/octet-stream".
 */
export function sniff(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 32)).toString("latin1");
  const known = SIGNATURES.find(({ at, bytes: signature }) => head.startsWith(signature, at));
  if (known) return known.type;
  const first = head.replace("\xef\xbb\xbf", "").trimStart()[0];
  if (first === "{" || first === "[") return "application/json";
  return isUtf8(bytes) ? "text/plain" : "application/octet-stream";
}
