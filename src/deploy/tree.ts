import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { PlatformError } from "../base/index.ts";

/** What a file holds: bytes made here, or those of a file on this disk. */
export type Content = { readonly text: string } | { readonly path: string; readonly bytes: number };

/** One file or link of a package, under its final path. */
export interface TreeFile {
  /** Relative, with "/" between its parts. */
  readonly path: string;
  readonly content: Content | { readonly linkTo: string };
  readonly isExecutable?: boolean;
}

/** Files of a package. Folders follow from their paths. */
export type Tree = readonly TreeFile[];

/** The time of every file of a package, in seconds since 1970: the same input makes the same bytes. */
export const FIXED_TIME = 946_684_800;

/** A file with this text. */
export function textFile(path: string, text: string, isExecutable = false): TreeFile {
  return { path, content: { text }, isExecutable };
}

/** A file of this disk under another path. @throws PlatformError `not_found` if it is no file. */
export function diskFile(path: string, from: string): TreeFile {
  const found = lstatSync(from, { throwIfNoEntry: false });
  if (!found?.isFile()) {
    throw new PlatformError("not_found", `${from} is no file`, { field: "path", got: from });
  }
  return { path, content: { path: from, bytes: found.size }, isExecutable: (found.mode & 0o100) !== 0 };
}

/** Every file below `from` that `keep` wants, under `path`. Links are followed nowhere and left out. */
export function diskFolder(path: string, from: string, keep: (below: string) => boolean): Tree {
  const files: TreeFile[] = [];
  const visit = (below: string) => {
    for (const entry of readdirSync(join(from, below), { withFileTypes: true })) {
      const name = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) visit(name);
      else if (entry.isFile() && keep(name)) files.push(diskFile(`${path}/${name}`, join(from, name)));
    }
  };
  visit("");
  return files;
}

/** The same files below `folder`. */
export function under(folder: string, tree: Tree): Tree {
  return tree.map((file) => ({ ...file, path: `${folder}/${file.path}` }));
}

/** In the order of their paths' bytes, which is the same on every machine. */
export function sorted(tree: Tree): Tree {
  return tree.toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

/** Every folder that the files lie in, outer ones first. */
export function foldersOf(tree: Tree): string[] {
  const folders = new Set<string>();
  for (const { path } of sorted(tree)) {
    const parts = path.split("/");
    for (let end = 1; end < parts.length; end += 1) folders.add(parts.slice(0, end).join("/"));
  }
  return [...folders];
}
