import type { Writable } from "node:stream";
import { Busboy } from "@fastify/busboy";
import { PlatformError } from "../../base/index.ts";
import { piecesOf } from "./pieces.ts";

/** Parts of one form at the most. */
const MAX_PARTS = 1000;
const MAX_HEADER_BYTES = 16_384;
const MAX_NAME_BYTES = 200;

/** One part of a form. */
export interface FormPart {
  readonly name: string;
  /** Lower case, without parameters; "" if the client said none. */
  readonly mediaType: string;
  readonly isFile: boolean;
  readonly bytes: Uint8Array;
}

/**
 * The parts of a multipart/form-data body, in order.
 *
 * @throws PlatformError `invalid_argument` if it is malformed or cut off, `too_large` beyond its limits.
 * @see RFC 7578.
 */
export async function decodeMultipart(body: Uint8Array, contentType: string): Promise<readonly FormPart[]> {
  try {
    return await readParts(body, contentType);
  } catch (cause) {
    if (cause instanceof PlatformError) throw cause;
    const problem = cause instanceof Error ? cause.message.slice(0, 200) : "malformed";
    throw new PlatformError("invalid_argument", `the form cannot be read: ${problem}`, {
      field: "body",
      got: `${body.length} bytes`,
      expected: "multipart/form-data",
      cause,
    });
  }
}

function readParts(body: Uint8Array, contentType: string): Promise<readonly FormPart[]> {
  return new Promise((resolve, reject) => {
    const parts: FormPart[] = [];
    const busboy = new Busboy({
      headers: { "content-type": contentType },
      limits: {
        parts: MAX_PARTS,
        fields: MAX_PARTS,
        files: MAX_PARTS,
        fieldSize: body.length,
        fieldNameSize: MAX_NAME_BYTES,
        headerPairs: 50,
        headerSize: MAX_HEADER_BYTES,
      },
    });
    const tooMany = () => {
      reject(tooManyParts());
      busboy.destroy();
    };
    busboy.on("file", (...[name, stream, , , mimeType]) => {
      const chunks: Buffer[] = [];
      const place = parts.length;
      parts.push({ name: nameOf(name), mediaType: "", isFile: true, bytes: Buffer.alloc(0) });
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("error", reject);
      stream.on("end", () => {
        parts[place] = {
          name: nameOf(name),
          mediaType: (mimeType ?? "").toLowerCase(),
          isFile: true,
          bytes: Buffer.concat(chunks),
        };
      });
    });
    busboy.on("field", (...[name, value, , , , mimeType]) => {
      parts.push({
        name: nameOf(name),
        mediaType: (mimeType ?? "").toLowerCase(),
        isFile: false,
        bytes: Buffer.from(value),
      });
    });
    busboy.on("partsLimit", tooMany);
    busboy.on("fieldsLimit", tooMany);
    busboy.on("filesLimit", tooMany);
    busboy.on("error", reject);
    busboy.on("finish", () => resolve(parts));
    // Settles itself: what goes wrong is told to reject.
    void feed(busboy, body).catch(reject);
  });
}

/** Lets the event loop turn between pieces, and stops once the form is refused. */
async function feed(busboy: Writable, body: Uint8Array): Promise<void> {
  for await (const piece of piecesOf(body)) {
    if (busboy.destroyed) return;
    busboy.write(piece);
  }
  busboy.end();
}

/** The parser gives a part without a name as undefined, whatever its types say. */
function nameOf(name: string | undefined): string {
  return name ?? "";
}

function tooManyParts(): PlatformError {
  return new PlatformError("too_large", `the form has more than ${MAX_PARTS} parts`, {
    field: "body",
    expected: `at most ${MAX_PARTS} parts`,
  });
}
