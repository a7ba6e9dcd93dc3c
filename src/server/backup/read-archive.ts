import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract, type Header } from "tar-stream";
import { PlatformError } from "../../base/index.ts";
import { type DatabasePlace, importRecords, type RecordsRow } from "../../database/index.ts";
import { type BlobStore, diskError } from "../../registry/index.ts";
import { linesOfFile } from "./file-lines.ts";
import {
  type ArchiveHead,
  digestOf,
  filesOfRow,
  HEAD_NAME,
  headSchema,
  RECORDS_NAME,
  rowSchema,
} from "./layout.ts";

export interface ArchiveTarget {
  /** Empty: what is there is never overwritten. */
  readonly place: DatabasePlace;
  readonly blobs: BlobStore;
  /** A folder on the disk of the files, for what has not been checked yet. */
  readonly folder: string;
  /** A larger file is refused. */
  readonly maxFileBytes: number;
}

/** One entry of an archive, and its bytes. */
interface Entry extends AsyncIterable<Uint8Array> {
  readonly header: Header;
}

/** What was restored. */
export interface Restored {
  readonly createdAt: string;
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
}

/** How the folders of what has not been checked yet begin. */
const SPOOL = "restore-";
const MAX_HEAD_BYTES = 65_536;
/** Records of some ten million changes. */
const MAX_RECORDS_BYTES = 4 * 1024 ** 3;
/** A row holds at most the names of a version's files and its signature. */
const MAX_ROW_BYTES = 16 * 1024 * 1024;

/**
 * Restores an archive. Files come first, each checked against its digest; the records come last, in one
 * transaction: what ends early leaves files that nobody names, and no record.
 *
 * @throws PlatformError `invalid_argument` if it is no whole archive of ours; `failed_precondition` if there
 *   are records already, or a newer Sirve wrote it; `disk_full`.
 */
export async function readArchive(
  bytes: AsyncIterable<Uint8Array>,
  target: ArchiveTarget,
): Promise<Restored> {
  try {
    return await readInto(bytes, target, await mkdtemp(join(target.folder, SPOOL)));
  } catch (error) {
    throw isFileError(error) ? diskError(error, "the backup is not restored") : error;
  }
}

/** Removes what a restore into this folder that was killed had begun. */
export async function removeSpools(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(SPOOL)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function readInto(
  bytes: AsyncIterable<Uint8Array>,
  target: ArchiveTarget,
  spool: string,
): Promise<Restored> {
  try {
    const { head, digests } = await unpack(bytes, target, spool);
    const records = join(spool, RECORDS_NAME);
    await checkFiles(records, head, digests);
    await importRecords(target.place, head.records, readRows(records));
    return {
      createdAt: head.createdAt,
      rows: head.records.rows,
      files: digests.size,
      bytes: head.files.bytes,
    };
  } finally {
    await rm(spool, { recursive: true, force: true });
  }
}

interface Unpacked {
  readonly head: ArchiveHead;
  readonly digests: ReadonlySet<string>;
}

async function unpack(
  bytes: AsyncIterable<Uint8Array>,
  target: ArchiveTarget,
  spool: string,
): Promise<Unpacked> {
  const archive = extract();
  const feeding = pipeline(Readable.from(bytes), archive).catch((error: unknown) => {
    archive.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    return await takeEntries(archive as AsyncIterable<Entry>, target, spool);
  } catch (thrown) {
    if (thrown instanceof PlatformError || isFileError(thrown)) throw thrown;
    throw noArchive("archive", (thrown as Error).message, "a whole tar archive of sirve backup", thrown);
  } finally {
    archive.destroy();
    await feeding;
  }
}

async function takeEntries(
  entries: AsyncIterable<Entry>,
  target: ArchiveTarget,
  spool: string,
): Promise<Unpacked> {
  let head: ArchiveHead | undefined;
  let hasRecords = false;
  const digests = new Set<string>();
  for await (const entry of entries) {
    const { name, type } = entry.header;
    if (type !== "file") throw noArchive(name, type, "a plain file");
    const digest = digestOf(name);
    if (!head) {
      if (name !== HEAD_NAME) throw noArchive("first entry", name, HEAD_NAME);
      head = await readHead(entry);
    } else if (name === RECORDS_NAME && !hasRecords) {
      hasRecords = true;
      await takeRecords(entry, spool);
    } else if (digest !== undefined && !digests.has(digest)) {
      await takeFile(entry, digest, target, spool);
      digests.add(digest);
    } else {
      throw noArchive("entry", name, `${RECORDS_NAME}, or a file by its digest, each once`);
    }
  }
  if (!head || !hasRecords) throw noArchive("archive", "one that was cut", "records and their files");
  return { head, digests };
}

async function takeRecords(entry: Entry, spool: string): Promise<void> {
  const { size } = entry.header;
  if (size > MAX_RECORDS_BYTES) {
    throw noArchive(RECORDS_NAME, `${size} bytes`, `at most ${MAX_RECORDS_BYTES}`);
  }
  await pipeline(entry, createWriteStream(join(spool, RECORDS_NAME), { mode: 0o600 }));
}

async function readHead(entry: Entry): Promise<ArchiveHead> {
  if (entry.header.size > MAX_HEAD_BYTES) throw noArchive(HEAD_NAME, "a large file", "a small one");
  const parts: Uint8Array[] = [];
  for await (const part of entry) parts.push(part);
  return parsed(() => headSchema.parse(JSON.parse(Buffer.concat(parts).toString("utf8"))), HEAD_NAME);
}

async function takeFile(entry: Entry, digest: string, target: ArchiveTarget, spool: string): Promise<void> {
  const size = entry.header.size;
  if (size > target.maxFileBytes) {
    throw new PlatformError("too_large", `the file ${digest} has ${size} bytes`, {
      field: digest,
      got: `${size} bytes`,
      expected: `at most ${target.maxFileBytes} bytes (artifacts.maxUploadBytes)`,
    });
  }
  const hash = createHash("sha256");
  const path = join(spool, digest);
  const counted = async function* (parts: AsyncIterable<Uint8Array>) {
    for await (const part of parts) {
      hash.update(part);
      yield part;
    }
  };
  await pipeline(entry, counted, createWriteStream(path, { mode: 0o600 }));
  const found = hash.digest("hex");
  if (found !== digest) throw noArchive(`blobs/…/${digest}`, `bytes with the digest ${found}`, "its own");
  await target.blobs.put(digest, path);
  await rm(path, { force: true });
}

/** Every file that a version names must have come. */
async function checkFiles(records: string, { records: { rows } }: ArchiveHead, digests: ReadonlySet<string>) {
  let count = 0;
  for await (const row of readRows(records)) {
    count += 1;
    const missing = parsed(() => filesOfRow(row), RECORDS_NAME).find(({ digest }) => !digests.has(digest));
    if (missing) throw noArchive("archive", `one without ${missing.digest}`, "every file of its versions");
  }
  if (count !== rows) throw noArchive(RECORDS_NAME, `${count} rows`, `${rows} rows`);
}

async function* readRows(path: string): AsyncGenerator<RecordsRow> {
  const tooLong = () => noArchive(RECORDS_NAME, "a longer line", `lines of at most ${MAX_ROW_BYTES} bytes`);
  const rowOf = (line: string) => parsed(() => rowSchema.parse(JSON.parse(line)), RECORDS_NAME);
  for await (const line of linesOfFile(path, MAX_ROW_BYTES, tooLong)) yield rowOf(line);
}

function parsed<T>(parse: () => T, name: string): T {
  try {
    return parse();
  } catch (cause) {
    throw noArchive(name, (cause as Error).message.slice(0, 200), "what sirve backup writes", cause);
  }
}

const isFileError = (thrown: unknown): boolean => thrown instanceof Error && "syscall" in thrown;

function noArchive(field: string, got: string, expected: string, cause?: unknown): PlatformError {
  const shown = { field: field.slice(0, 100), got: got.slice(0, 200), expected };
  const message = `this is no whole backup: ${shown.field} is ${shown.got}, expected ${expected}`;
  return new PlatformError("invalid_argument", message, { ...shown, cause });
}
