import { constants } from "node:fs";
import { chmod, copyFile, mkdir, readdir, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PlatformError } from "../base/index.ts";
import { FIXED_TIME, foldersOf, sorted, type Tree, type TreeFile } from "./tree.ts";

/**
 * Writes a package as a new directory: under another name until it is whole, with the same times and modes
 * whoever makes it.
 *
 * @throws PlatformError `already_exists` if something lies there.
 */
export async function writeTree(directory: string, tree: Tree): Promise<void> {
  await refuseUsed(directory);
  const part = `${directory.replace(/\/+$/, "")}.part`;
  await rm(part, { recursive: true, force: true });
  try {
    await mkdir(part, { recursive: true });
    for (const folder of foldersOf(tree)) await mkdir(join(part, folder), { recursive: true });
    for (const file of sorted(tree)) await writeOne(part, file);
    for (const folder of [...foldersOf(tree).toReversed(), "."]) await settle(join(part, folder), 0o755);
    await rm(directory, { recursive: true, force: true });
    await mkdir(dirname(part), { recursive: true });
    await rename(part, directory);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

async function writeOne(root: string, { path, content, isExecutable = false }: TreeFile): Promise<void> {
  const target = join(root, path);
  if ("linkTo" in content) {
    await symlink(content.linkTo, target);
    return;
  }
  // A clone where the file system can make one: models are large.
  if ("path" in content) await copyFile(content.path, target, constants.COPYFILE_FICLONE);
  else await writeFile(target, content.text);
  await settle(target, isExecutable ? 0o755 : 0o644);
}

async function settle(path: string, mode: number): Promise<void> {
  await chmod(path, mode);
  await utimes(path, FIXED_TIME, FIXED_TIME);
}

async function refuseUsed(directory: string): Promise<void> {
  const entries = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    return [error.code ?? "something"];
  });
  if (entries.length === 0) return;
  throw new PlatformError("already_exists", `${directory} is not empty`, {
    field: "--out",
    got: directory,
    expected: "a directory that is empty or does not exist",
    hint: "remove it first, or name another one",
  });
}
