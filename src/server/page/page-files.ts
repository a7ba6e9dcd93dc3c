import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** One file of the page, as it is and compressed beforehand. */
export interface PageFile {
  readonly type: string;
  readonly etag: string;
  readonly bytes: Uint8Array;
  /** By content coding; the smallest first. */
  readonly coded: readonly { readonly coding: "br" | "gzip"; readonly bytes: Uint8Array }[];
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

/** Beside the bundle, and from the sources. */
const PLACES = ["../web/", "../../../dist/web/"].map((place) =>
  fileURLToPath(new URL(place, import.meta.url)),
);

/** The folder of the built page; undefined in a checkout where it was never built. */
export function pageFolder(): string | undefined {
  return PLACES.find((place) => existsSync(join(place, "index.html")));
}

/** Every file of the built page by its path below the folder, such as "assets/index-Bx3.js". */
export async function readPage(folder: string): Promise<ReadonlyMap<string, PageFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length));
  const known = new Set(paths);
  const files = paths
    .filter((path) => TYPES[extname(path)] !== undefined)
    .map(async (path) => [path, await readOne(folder, path, known)] as const);
  return new Map(await Promise.all(files));
}

const CODINGS = [
  { coding: "br", ending: ".br" },
  { coding: "gzip", ending: ".gz" },
] as const;

async function readOne(folder: string, path: string, known: ReadonlySet<string>): Promise<PageFile> {
  const bytes = await readFile(join(folder, path));
  const coded = CODINGS.filter(({ ending }) => known.has(path + ending)).map(async ({ coding, ending }) => ({
    coding,
    bytes: await readFile(join(folder, path + ending)),
  }));
  return {
    type: TYPES[extname(path)] ?? "",
    etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`,
    bytes,
    coded: await Promise.all(coded),
  };
}
