import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRunning, startTime } from "./process-group.ts";

const PREFIX = "sirve-python-";
const NAME = /^sirve-python-(\d+)-(\d+)-(\d+)-/;

/** Temporary folders of a server's Python processes; all of it goes when the server ends, or when the next one starts. */
export class PrivateFolder {
  readonly path: string;
  #count = 0;

  constructor(parent = tmpdir()) {
    removeStale(parent);
    const { pid } = process;
    this.path = mkdtempSync(join(parent, `${PREFIX}${pidSpace()}-${pid}-${startTime(pid) || 0}-`));
  }

  /** A new empty folder for one process. */
  make(): string {
    this.#count += 1;
    const path = join(this.path, String(this.#count));
    mkdirSync(path, { mode: 0o700 });
    return path;
  }

  remove(): void {
    removeTree(this.path);
  }
}

/** Removes what it may; what somebody holds on to is left to the next start. */
export function removeTree(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 2 });
  } catch {
    // Someone made it read-only, or writes into it still.
  }
}

/** Folders of servers that were killed: no process has their id and start time now. */
function removeStale(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, space, pid, started] = NAME.exec(name) ?? [];
    // Processes of another container may be alive, and cannot be seen.
    if (space !== pidSpace() || isRunning(Number(pid), started ?? "")) continue;
    removeTree(join(parent, name));
  }
}

/** The number of the container's own space of process ids; 0 where there is no such thing. */
function pidSpace(): string {
  try {
    return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "0";
  } catch {
    return "0";
  }
}
