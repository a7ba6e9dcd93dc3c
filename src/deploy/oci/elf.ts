import { closeSync, openSync, readSync } from "node:fs";
import { PlatformError } from "../../base/index.ts";

/** What a program or library asks of the system that starts it. */
export interface ElfNeeds {
  /** Names of shared libraries, such as "libc.so.6". */
  readonly libraries: readonly string[];
  /** The loader of a program, such as "/lib64/ld-linux-x86-64.so.2". */
  readonly loader: string | undefined;
}

/** Program headers, dynamic entries: no real file has nearly as many. */
const MAX_ENTRIES = 4096;
const MAX_STRINGS = 64 * 1024 * 1024;
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_STRSZ = 10;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/**
 * Reads the needs of a 64-bit little-endian ELF file; undefined if it is none.
 *
 * @see System V ABI, "Object Files" and "Dynamic Linking".
 */
export function elfNeeds(path: string): ElfNeeds | undefined {
  const file = openSync(path, "r");
  try {
    const head = bytesAt(file, 0, 64);
    if (head.length < 64 || head.readUInt32BE(0) !== 0x7f_45_4c_46) return undefined;
    if (head[4] !== 2 || head[5] !== 1) return undefined;
    const segments = segmentsOf(file, head, path);
    const loader = segments.find(({ type }) => type === PT_INTERP);
    const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
    return {
      libraries: dynamic === undefined ? [] : librariesOf(file, dynamic, { segments, path }),
      loader: loader && textAt(bytesAt(file, loader.offset, Math.min(loader.size, 4096)), 0),
    };
  } finally {
    closeSync(file);
  }
}

function segmentsOf(file: number, head: Buffer, path: string): Segment[] {
  const from = Number(head.readBigUInt64LE(32));
  const [size, count] = [head.readUInt16LE(54), head.readUInt16LE(56)];
  if (size < 56 || count > MAX_ENTRIES) throw damaged(path, `${count} program headers of ${size} bytes`);
  const table = bytesAt(file, from, size * count);
  if (table.length < size * count) throw damaged(path, "program headers beyond its end");
  return Array.from({ length: count }, (_, at) => {
    const entry = table.subarray(at * size);
    return {
      type: entry.readUInt32LE(0),
      offset: Number(entry.readBigUInt64LE(8)),
      address: Number(entry.readBigUInt64LE(16)),
      size: Number(entry.readBigUInt64LE(32)),
    };
  });
}

function librariesOf(
  file: number,
  dynamic: Segment,
  { segments, path }: { segments: readonly Segment[]; path: string },
): string[] {
  const table = bytesAt(file, dynamic.offset, Math.min(dynamic.size, MAX_ENTRIES * 16));
  const entries: [tag: number, value: number][] = [];
  for (let at = 0; at + 16 <= table.length; at += 16) {
    entries.push([Number(table.readBigUInt64LE(at)), Number(table.readBigUInt64LE(at + 8))]);
  }
  const valueOf = (wanted: number) => entries.find(([tag]) => tag === wanted)?.[1] ?? 0;
  const address = valueOf(DT_STRTAB);
  const home = segments.find(
    (one) => one.type === PT_LOAD && address >= one.address && address < one.address + one.size,
  );
  const needed = entries.filter(([tag]) => tag === DT_NEEDED).map(([, value]) => value);
  if (needed.length === 0) return [];
  if (home === undefined) throw damaged(path, "no table of strings");
  const strings = bytesAt(
    file,
    home.offset + address - home.address,
    Math.min(valueOf(DT_STRSZ), MAX_STRINGS),
  );
  return needed.map((at) => textAt(strings, at));
}

function bytesAt(file: number, from: number, length: number): Buffer {
  if (!Number.isSafeInteger(from) || from < 0) return Buffer.alloc(0);
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, from));
}

/** Up to the next zero byte. */
function textAt(bytes: Buffer, from: number): string {
  const end = bytes.indexOf(0, from);
  return bytes.toString("utf8", from, end < 0 ? bytes.length : end);
}

function damaged(path: string, got: string): PlatformError {
  return new PlatformError("invalid_argument", `${path} is a damaged ELF file`, { field: "file", got });
}
