import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { systemClock } from "../../base/index.ts";
import { describeBlobStore } from "./blob-store.suite.ts";
import { folderBlobs } from "./folder-blobs.ts";

const root = mkdtempSync(join(tmpdir(), "sirve-blobs-"));
after(() => rmSync(root, { recursive: true }));
let scenes = 0;

describeBlobStore("folder", async () => {
  scenes += 1;
  const path = join(root, String(scenes));
  return { blobs: folderBlobs(join(path, "blobs"), systemClock), folder: join(path, "files") };
});
