import { type ErrorCode, PlatformError } from "../base/index.ts";

/** Extended codes of a primary key or unique index that was met twice. */
const NOT_UNIQUE = new Set([1555, 2067, 2579]);
const TWICE = ["already_exists", "it is there already"] as const;

/** Low byte of SQLite's result codes → code and message. @see https://www.sqlite.org/rescode.html */
const MEANINGS = new Map<number, readonly [ErrorCode, string]>([
  [5, ["unavailable", "the database in the data directory is locked by another process"]],
  [6, ["unavailable", "the database in the data directory is locked"]],
  [
    8,
    ["failed_precondition", "the database in the data directory cannot be written: see its owner and mode"],
  ],
  [10, ["unavailable", "the disk of the data directory does not read or write: nothing was changed"]],
  [11, ["failed_precondition", "the database is damaged: run sirve doctor, then restore a backup"]],
  [13, ["disk_full", "the disk of the data directory is full: nothing was changed"]],
  [
    14,
    ["failed_precondition", "the database in the data directory cannot be opened: see its owner and mode"],
  ],
  [26, ["failed_precondition", "sirve.db in the data directory is no SQLite database: restore a backup"]],
]);

/** What an error of `node:sqlite` means; what is a bug of ours stays as it is. */
export function translateSqliteError(error: unknown): unknown {
  const result = error instanceof Error && "errcode" in error ? Number(error.errcode) : undefined;
  if (result === undefined) return error;
  const found = NOT_UNIQUE.has(result) ? TWICE : MEANINGS.get(result & 0xff);
  return found ? new PlatformError(found[0], found[1], { cause: error }) : error;
}
