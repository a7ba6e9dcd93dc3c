import type { FileHandle } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { type Pack, pack } from "tar-stream";
import { type Clock, PlatformError } from "../../base/index.ts";
import { type Database, exportRecords, type RecordsRow } from "../../database/index.ts";
import type { BlobStore } from "../../registry/index.ts";
import { ARCHIVE_FORMAT, type ArchiveHead, blobName, filesOfRow, HEAD_NAME, RECORDS_NAME } from "./layout.ts";
import { openSpool, throwSpoolFull } from "./spool.ts";

export interface ArchiveSource {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly clock: Clock;
}

/**
 * Everything in one tar archive: the records as of one moment and every file that they name. The server
 * goes on serving and changing meanwhile.
 */
export async function* writeArchive(source: ArchiveSource): AsyncGenerator<Uint8Array> {
  const archive = pack();
  const spool = await openSpool();
  try {
    const { head, files } = await spoolRecords(source, spool);
    // A failure here ends the archive, so whoever reads it gets it too.
    const filling = fill(archive, source.blobs, { head, spool, files }).catch((error: unknown) => {
      archive.destroy(error instanceof Error ? error : new Error(String(error)));
    });
    yield* archive as AsyncIterable<Uint8Array>;
    await filling;
  } finally {
    archive.destroy();
    await spool.close();
  }
}

interface Contents {
  readonly head: ArchiveHead;
  /** The records. */
  readonly spool: FileHandle;
  /** Sizes by digest. */
  readonly files: ReadonlyMap<string, number>;
}

/** The records go to the disk first: their transaction must not wait for whoever reads the archive. */
async function spoolRecords({ database, clock }: ArchiveSource, spool: FileHandle) {
  const files = new Map<string, number>();
  let rows = 0;
  const take = async (row: RecordsRow) => {
    rows += 1;
    for (const { digest, bytes } of filesOfRow(row)) files.set(digest, bytes);
    await spool.appendFile(`${JSON.stringify(row)}\n`).catch(throwSpoolFull);
  };
  const { format, storeId } = await exportRecords(database, take);
  const bytes = [...files.values()].reduce((sum, size) => sum + size, 0);
  const head: ArchiveHead = {
    sirveBackup: ARCHIVE_FORMAT,
    createdAt: new Date(performance.timeOrigin + clock.now()).toISOString(),
    records: { format, storeId, rows },
    files: { count: files.size, bytes },
  };
  return { head, files };
}

async function fill(archive: Pack, blobs: BlobStore, { head, spool, files }: Contents): Promise<void> {
  await add(archive, HEAD_NAME, [Buffer.from(JSON.stringify(head, null, 2))]);
  const { size } = await spool.stat();
  await add(archive, RECORDS_NAME, spool.createReadStream({ start: 0, autoClose: false }), size);
  for (const [digest, bytes] of files) {
    const found = await blobs.size(digest);
    if (found !== bytes) throw fileLost(digest, found);
    await add(archive, blobName(digest), blobs.open(digest), bytes);
  }
  archive.finalize();
}

async function add(
  archive: Pack,
  name: string,
  content: AsyncIterable<Uint8Array> | readonly Buffer[],
  size = (content as readonly Buffer[])[0]?.length ?? 0,
): Promise<void> {
  const entry = archive.entry({ name, size, mode: 0o600 });
  await pipeline(content, entry);
}

const fileLost = (digest: string, found: number | undefined): PlatformError =>
  new PlatformError(
    "failed_precondition",
    `the file ${digest} is ${found === undefined ? "gone" : "damaged"}`,
    {
      field: "files",
      got: found === undefined ? "nothing" : `${found} bytes`,
      hint: "sirve doctor lists every file that is missing",
    },
  );
