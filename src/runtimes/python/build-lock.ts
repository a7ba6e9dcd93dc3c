import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Clock } from "../../base/index.ts";
import { isRunning, startTime } from "./process-group.ts";

/** How often is looked whether another has finished. */
const LOOK_MS = 200;

/** Who builds: with its start, so that a later process of the same number is not taken for it. */
export const builderMark = (): string => `${process.pid} ${startTime(process.pid)}`;

/** Whether the process of a mark has ended. */
export function isGone(mark: string): boolean {
  const [pid, started = ""] = mark.split(" ");
  return !isRunning(Number(pid), started);
}

/**
 * Waits until this process holds the lock at `path`, or `isDone` says that there is nothing to do any more.
 * The result gives it back. A lock whose holder has ended is taken over: it spares work and decides nothing.
 */
export async function holdLock(path: string, isDone: () => boolean, clock: Clock): Promise<() => void> {
  while (!isDone()) {
    if (taken(path)) return () => rmSync(path, { force: true });
    if (isStale(path)) rmSync(path, { force: true });
    else await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
  }
  return () => {};
}

function taken(path: string): boolean {
  // Linked, and not written, so that nobody reads half a mark.
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, builderMark(), { flag: "wx", mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST") return false;
    throw thrown;
  } finally {
    rmSync(draft, { force: true });
  }
}

function isStale(path: string): boolean {
  try {
    return isGone(readFileSync(path, "utf8"));
  } catch {
    return false; // Given back just now.
  }
}
