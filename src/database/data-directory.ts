import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PlatformError } from "../base/index.ts";
import { lockHolder } from "./lock-holder.ts";

const BUSY = 5;
const FULL = 13;

/** Where a server keeps what must outlive it. One process at a time has it. */
export interface DataDirectory {
  /** Absolute. */
  readonly path: string;
  /** The records, unless they lie in PostgreSQL. */
  readonly databaseFile: string;
  /** Lets the next process in. */
  close(): void;
}

/** Kept from the garbage collector, which would close them and so let another process in. */
const held = new Set<DatabaseSync>();

/** The file of the records in a data directory. */
export const databaseFileOf = (path: string): string => join(path, "sirve.db");

/** The file whose lock says that a process has the directory. Nobody else may open it: closing it would end the lock. */
export const lockFileOf = (path: string): string => join(path, "lock.db");

/**
 * Makes a data directory, for its owner alone, or takes the one that is there. The operating system holds
 * the lock for this process and frees it however the process ends.
 *
 * @throws PlatformError `failed_precondition` if another process has it, or it cannot be made.
 */
export function openDataDirectory(directory: string): DataDirectory {
  const path = resolve(directory);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unusable(path, cause);
  }
  const lock = lockDirectory(path);
  held.add(lock);
  const close = () => {
    if (held.delete(lock)) lock.close();
  };
  return { path, databaseFile: databaseFileOf(path), close };
}

function lockDirectory(path: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(lockFileOf(path), { timeout: 0 });
    lock.exec("begin exclusive");
    return lock;
  } catch (cause) {
    lock?.close();
    throw isBusy(cause) ? inUse(path) : unusable(path, cause);
  }
}

/** Whether a process has the directory now. False where there is none. */
export function isInUse(path: string): boolean {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(lockFileOf(path), { timeout: 0, readOnly: true });
    lock.exec("begin; select count(*) from sqlite_schema; rollback");
    return false;
  } catch (error) {
    return isBusy(error);
  } finally {
    lock?.close();
  }
}

const isBusy = (error: unknown): boolean => resultOf(error) === BUSY;

/** SQLite's own word for a full disk, or the system's. */
const isFull = (error: unknown): boolean =>
  resultOf(error) === FULL || (error instanceof Error && "code" in error && error.code === "ENOSPC");

const resultOf = (error: unknown): number | undefined =>
  error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : undefined;

function inUse(path: string): PlatformError {
  const pid = lockHolder(lockFileOf(path));
  const who = pid === undefined ? "another process" : `another process (pid ${pid})`;
  return new PlatformError("failed_precondition", `data directory ${path} is in use by ${who}`, {
    field: "data",
    got: path,
    hint: "Stop the server that runs on it, or name another directory with --data. Several servers share one registry by --database-url.",
  });
}

function unusable(path: string, cause: unknown): PlatformError {
  if (isFull(cause)) {
    const hint = "Free space on its disk, then start again.";
    const details = { cause, field: "data", got: path, hint };
    return new PlatformError("disk_full", `the disk of data directory ${path} is full`, details);
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PlatformError("failed_precondition", `data directory ${path} cannot be used: ${reason}`, {
    cause,
    field: "data",
    got: path,
    hint: "Name a directory that this user may write, on a disk of this machine.",
  });
}
