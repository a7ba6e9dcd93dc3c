import { damaged } from "../refusal.ts";

/** A file that is read in parts. */
export interface ByteSource {
  readonly size: number;
  /** Bytes from a position; fewer at the end. */
  readonly read: (at: number, length: number) => Promise<Uint8Array>;
}

/** A file in an archive. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes that it takes in the archive. */
  readonly size: number;
  readonly isCompressed: boolean;
  /** Where its own header begins. */
  readonly at: number;
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
/** The end of an archive with the longest comment. */
const END_BYTES = 22 + 65_535;
/** Names of models with tens of thousands of tensors; what is beyond is not needed to tell what a file is. */
const MAX_DIRECTORY_BYTES = 4 * 1024 * 1024;
const MAX_ENTRIES = 65_535;

/** Whether a file begins as archives of ZIP do. */
export const isZip = (start: Uint8Array): boolean =>
  Buffer.from(start.buffer, start.byteOffset, Math.min(4, start.byteLength)).toString("latin1") ===
  "PK\u0003\u0004";

/**
 * What is in an archive, by its directory; nothing is unpacked. Of an archive above 4 GiB nothing is found.
 *
 * @throws PlatformError `invalid_argument` if it has no directory, or a broken one.
 * @see APPNOTE.TXT, the .ZIP File Format Specification, 4.3.12 and 4.3.16.
 */
export async function zipEntries(source: ByteSource): Promise<ZipEntry[]> {
  const from = Math.max(0, source.size - END_BYTES);
  const tail = bufferOf(await source.read(from, END_BYTES));
  const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end === -1 || end + 22 > tail.length || tail.readUInt32LE(end) !== END) {
    throw damaged("the archive", "without a directory", "a whole file of ZIP");
  }
  const [count, size, at] = [
    tail.readUInt16LE(end + 10),
    tail.readUInt32LE(end + 12),
    tail.readUInt32LE(end + 16),
  ];
  const directory = bufferOf(await source.read(at, Math.min(size, MAX_DIRECTORY_BYTES)));
  return entriesOf(directory, count, size > MAX_DIRECTORY_BYTES);
}

function entriesOf(directory: Buffer, count: number, isCut: boolean): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  while (entries.length < Math.min(count, MAX_ENTRIES)) {
    const isWhole = at + 46 <= directory.length && directory.readUInt32LE(at) === ENTRY;
    const nameLength = isWhole ? directory.readUInt16LE(at + 28) : 0;
    if (!isWhole || at + 46 + nameLength > directory.length) {
      if (isCut) return entries;
      throw damaged(`entry ${entries.length} of the archive`, "broken", `one of ${count} entries`);
    }
    entries.push({
      name: directory.toString("utf8", at + 46, at + 46 + nameLength),
      size: directory.readUInt32LE(at + 20),
      isCompressed: directory.readUInt16LE(at + 10) !== 0,
      at: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/** The first bytes of an entry, at most `most`; undefined for one that is compressed or whose header is broken. */
export async function zipContent(
  source: ByteSource,
  { at, size, isCompressed }: ZipEntry,
  most: number,
): Promise<Uint8Array | undefined> {
  const header = bufferOf(await source.read(at, 30));
  if (isCompressed || header.length < 30 || header.readUInt32LE(0) !== LOCAL) return undefined;
  const start = at + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  return await source.read(start, Math.min(size, most));
}

const bufferOf = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
