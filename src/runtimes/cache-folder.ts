import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The folder for what can be found out or made again: "" is the user's cache folder; "none" or
 * undefined means that nothing is kept. Created for this user alone.
 */
export function cacheFolder(setting: string | undefined): string | undefined {
  if (setting === undefined || setting === "none") return undefined;
  const folder = setting === "" ? join(homedir(), ".cache", "sirve") : setting;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    // What cannot be kept is made again.
  }
  return folder;
}
