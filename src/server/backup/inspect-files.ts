import { join } from "node:path";
import { type Clock, systemClock } from "../../base/index.ts";
import { type DatabasePlace, inspectStore, type StoreFinding } from "../../database/index.ts";
import { folderBlobs } from "../../registry/index.ts";
import { filesOfRow } from "./layout.ts";

const MAX_TOLD = 20;

/** Whether every file that a version names lies in the data directory, with its size; reads none of them. */
export async function inspectFiles(
  place: DatabasePlace,
  directory: string,
  clock: Clock = systemClock,
): Promise<readonly StoreFinding[]> {
  const blobs = folderBlobs(join(directory, "blobs"), clock);
  const rows = await inspectStore(place, async (records) =>
    records.selectFrom("versions").select(["model", "version", "files"]).execute(),
  );
  const missing: string[] = [];
  let count = 0;
  for (const { model, version, files } of rows) {
    for (const { digest, bytes } of filesOfRow({ table: "versions", row: { files } })) {
      count += 1;
      const found = await blobs.size(digest);
      const fate = found === undefined ? "is gone" : "is cut";
      if (found !== bytes) missing.push(`${model}@${version}: ${digest} ${fate}`);
    }
  }
  const detail = `${count} files of versions are there`;
  if (missing.length === 0) return [{ check: "files", status: "ok", detail }];
  const remedy = "restore a backup, or add the version again: sirve add";
  return missing.slice(0, MAX_TOLD).map((lost) => ({ check: "files", status: "fail", detail: lost, remedy }));
}
