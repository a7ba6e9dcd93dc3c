import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pack } from "tar-stream";
import { FIXED_TIME, foldersOf, sorted, type Tree, type TreeFile } from "../tree.ts";

/** A blob of an image, on this disk. */
export interface Blob {
  readonly mediaType: string;
  /** Hex. */
  readonly sha256: string;
  readonly size: number;
  readonly path: string;
}

/** A layer with the digest of its uncompressed bytes. */
export interface Layer extends Blob {
  readonly diffId: string;
  /** What made it, for people. */
  readonly createdBy: string;
}

const LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar";

/** Writes a layer: sorted, owned by root, one time for all, not compressed. */
export async function writeLayer(folder: string, createdBy: string, tree: Tree): Promise<Layer> {
  const path = join(folder, `layer-${createHash("sha256").update(createdBy).digest("hex").slice(0, 12)}.tar`);
  const archive = pack();
  const hash = createHash("sha256");
  let size = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  await Promise.all([pipeline(archive, measure, createWriteStream(path)), fill(archive, tree)]);
  const sha256 = hash.digest("hex");
  return { mediaType: LAYER_TYPE, sha256, size, path, diffId: `sha256:${sha256}`, createdBy };
}

type Archive = ReturnType<typeof pack>;

/** A file that cannot be read ends the archive too, so that nobody waits for the rest of it. */
async function fill(archive: Archive, tree: Tree): Promise<void> {
  try {
    await addAll(archive, tree);
  } catch (thrown) {
    archive.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)));
    throw thrown;
  }
}

async function addAll(archive: Archive, tree: Tree): Promise<void> {
  for (const folder of foldersOf(tree)) {
    archive.entry({ ...OWNED, name: `${folder}/`, type: "directory", mode: 0o755 });
  }
  for (const file of sorted(tree)) await add(archive, file);
  archive.finalize();
}

const OWNED = { uid: 0, gid: 0, uname: "", gname: "", mtime: new Date(FIXED_TIME * 1000) };

async function add(archive: Archive, { path, content, isExecutable = false }: TreeFile): Promise<void> {
  const header = { ...OWNED, name: path, mode: isExecutable ? 0o755 : 0o644 };
  if ("linkTo" in content) {
    archive.entry({ ...header, type: "symlink", linkname: content.linkTo });
  } else if ("text" in content) {
    archive.entry(header, content.text);
  } else {
    await pipeline(createReadStream(content.path), archive.entry({ ...header, size: content.bytes }));
  }
}

/** Writes a blob of JSON. */
export async function writeJsonBlob(folder: string, mediaType: string, value: unknown): Promise<Blob> {
  const text = JSON.stringify(value);
  const sha256 = createHash("sha256").update(text).digest("hex");
  const path = join(folder, `${sha256}.json`);
  await writeFile(path, text);
  return { mediaType, sha256, size: Buffer.byteLength(text), path };
}

/** Packs files into one archive under their names. */
export async function writeArchive(path: string, tree: Tree): Promise<void> {
  const archive = pack();
  await Promise.all([pipeline(archive, createWriteStream(path)), fill(archive, tree)]);
}
