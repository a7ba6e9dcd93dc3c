import { existsSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";
import { PlatformError } from "../../base/index.ts";
import type { Architecture } from "../platform.ts";
import { diskFile, type Tree } from "../tree.ts";
import { elfNeeds } from "./elf.ts";

const TRIPLE = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" } as const;

/**
 * Every shared library of this system that `programs` need, theirs included, at the place where its loader
 * looks. Libraries called as one of `own` come with the program.
 *
 * @throws PlatformError `failed_precondition` if one is not on this system.
 */
export function sharedLibraries(
  programs: readonly string[],
  own: ReadonlySet<string>,
  architecture: Architecture,
): Tree {
  const folders = [
    `/lib/${TRIPLE[architecture]}`,
    `/usr/lib/${TRIPLE[architecture]}`,
    "/lib64",
    "/usr/lib64",
  ];
  const found = new Map<string, string>();
  const open = [...programs];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const { libraries = [], loader } = elfNeeds(path) ?? {};
    const wanted = libraries
      .filter((name) => !own.has(name))
      .map((name) => placeOf(name, folders, path ?? ""));
    for (const place of loader === undefined ? wanted : [...wanted, loader]) {
      if (found.has(place)) continue;
      const real = realpathSync(place);
      found.set(place, real);
      open.push(real);
    }
  }
  return [...once(found)].map(([place, real]) => ({ ...diskFile(place.slice(1), real), isExecutable: true }));
}

function placeOf(name: string, folders: readonly string[], wantedBy: string): string {
  const folder = folders.find((one) => existsSync(join(one, name)));
  if (folder !== undefined) return join(folder, name);
  throw new PlatformError("failed_precondition", `${name} is not on this system`, {
    field: basename(wantedBy),
    got: "nothing",
    expected: folders.join(", "),
    hint: "name a base image with --base FILE, or package on Debian or Ubuntu",
  });
}

/** The loader is a library too: it lies where programs name it, and needs no second place. */
function once(found: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const loaders = new Set([...found.keys()].filter((place) => /\/ld-linux[^/]*$/.test(place)));
  const named = [...loaders].find((place) => /^\/lib(?:64)?\/ld-linux[^/]*$/.test(place));
  return new Map(
    [...found].filter(([place]) => !loaders.has(place) || named === undefined || place === named),
  );
}
