import { mkdirSync } from "node:fs";

/** Makes the folder for what can be found out or made again, for this user alone, unless it is there. */
export function ensureCacheFolder(path: string | undefined): void {
  if (path === undefined) return;
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch {
    // What cannot be kept is made again.
  }
}
