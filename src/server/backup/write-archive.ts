import { createReadStream } from "node:fs";
import { mkdtemp, open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Pack, pack } from "tar-stream";
import { type Clock, PlatformError } from "../../base/index.ts";
import { type Database, exportRecords, type RecordsRow } from "../../database/index.ts";
import type { BlobStore } from "../../registry/index.ts";
import { ARCHIVE_FORMAT, type ArchiveHead, blobName, filesOfRow, HEAD_NAME, RECORDS_NAME } from "./layout.ts";

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
  const folder = await mkdtemp(join(tmpdir(), "sirve-backup-"));
  const archive = pack();
  try {
    const spool = join(folder, RECORDS_NAME);
    const { head, files } = await spoolRecords(source, spool);
    // A failure here ends the archive, so whoever reads it gets it too.
    const filling = fill(archive, source.blobs, { head, spool, files }).catch((error: unknown) => {
      archive.destroy(error instanceof Error ? error : new Error(String(error)));
    });
    yield* archive as AsyncIterable<Uint8Array>;
    await filling;
  } finally {
    archive.destroy();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Contents {
  readonly head: ArchiveHead;
  /** Path of the records. */
  readonly spool: string;
  /** Sizes by digest. */
  readonly files: ReadonlyMap<string, number>;
}

/** The records go to the disk first: their transaction must not wait for whoever reads the archive. */
async function spoolRecords({ database, clock }: ArchiveSource, spool: string) {
  const files = new Map<string, number>();
  let rows = 0;
  const output = await open(spool, "wx", 0o600);
  try {
    const take = async (row: RecordsRow) => {
      rows += 1;
      for (const { digest, bytes } of filesOfRow(row)) files.set(digest, bytes);
      await output.write(`${JSON.stringify(row)}\n`);
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
  } finally {
    await output.close();
  }
}

async function fill(archive: Pack, blobs: BlobStore, { head, spool, files }: Contents): Promise<void> {
  await add(archive, HEAD_NAME, [Buffer.from(JSON.stringify(head, null, 2))]);
  const { size } = await stat(spool);
  await add(archive, RECORDS_NAME, createReadStream(spool), size);
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
