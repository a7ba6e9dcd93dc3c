import { readFileSync, statSync } from "node:fs";

/** A line of /proc/locks: kind, access, process and inode of a lock. */
const LOCK = /^\d+: POSIX +ADVISORY +WRITE +(\d+) [0-9a-f]+:[0-9a-f]+:(\d+) /;

/**
 * The process that has locked a file to write it, where the system tells: Linux, within one container.
 * Does not open the file, because closing it would free a lock of this process.
 */
export function lockHolder(file: string, locksFile = "/proc/locks"): number | undefined {
  try {
    const { ino } = statSync(file);
    const holders = readFileSync(locksFile, "utf8")
      .split("\n")
      .map((line) => LOCK.exec(line))
      .filter((found) => found !== null && Number(found[2]) === ino)
      .map((found) => Number(found?.[1]));
    const [pid = 0] = holders;
    // Several disks may have the same inode, and 0 is a process of another container.
    return pid > 0 && holders.every((other) => other === pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}
