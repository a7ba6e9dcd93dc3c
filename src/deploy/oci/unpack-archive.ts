import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract, type Header } from "tar-stream";
import { PlatformError } from "../../base/index.ts";

/** A file of an archive, now on this disk under a name of ours. */
export interface UnpackedFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** Files by their names in the archive. */
export type Unpacked = ReadonlyMap<string, UnpackedFile>;

/** An image has a few files for each of its at most 127 layers. */
const MAX_FILES = 2000;

/**
 * Takes the files out of a tar archive into `folder`, under numbers: no name in it leads anywhere.
 *
 * @throws PlatformError `not_found`, or `invalid_argument` if it is no tar archive.
 */
export async function unpackArchive(path: string, folder: string): Promise<Unpacked> {
  const files = new Map<string, UnpackedFile>();
  const links = new Map<string, string>();
  const archive = extract();
  const reading = pipeline(createReadStream(path), archive);
  try {
    const taking = take(archive as unknown as AsyncIterable<Readable & { header: Header }>, {
      folder,
      files,
      links,
    });
    await Promise.all([reading, taking]);
  } catch (cause) {
    if (cause instanceof PlatformError) throw cause;
    const isMissing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new PlatformError(
      isMissing ? "not_found" : "invalid_argument",
      `${path} cannot be read as an image`,
      {
        field: "--base",
        got: cause instanceof Error ? cause.message : String(cause),
        expected: "an OCI or docker archive, not compressed",
        cause,
      },
    );
  }
  // docker save names a layer that two images share by a link.
  for (const [name, target] of links) {
    const file = files.get(target);
    if (file !== undefined) files.set(name, file);
  }
  return files;
}

async function take(
  entries: AsyncIterable<Readable & { header: Header }>,
  { folder, files, links }: { folder: string; files: Map<string, UnpackedFile>; links: Map<string, string> },
): Promise<void> {
  for await (const entry of entries) {
    const { name, type, linkname } = entry.header;
    if (files.size + links.size >= MAX_FILES) throw new Error(`more than ${MAX_FILES} files`);
    const plain = name.replace(/^\.\//, "");
    if (type === "file") files.set(plain, await keep(entry, join(folder, `base-${files.size}`)));
    else if (type === "symlink" || type === "link") links.set(plain, targetOf(plain, linkname ?? ""));
    entry.resume();
  }
}

/** "../abc/layer.tar" of "def/layer.tar" is "abc/layer.tar". */
const targetOf = (name: string, link: string) => new URL(link, `file:///${name}`).pathname.slice(1);

async function keep(entry: Readable, path: string): Promise<UnpackedFile> {
  const hash = createHash("sha256");
  let size = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline(entry, measure, createWriteStream(path));
  return { path, size, sha256: hash.digest("hex") };
}
