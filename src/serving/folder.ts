import { createHash } from "node:crypto";
import { type Dirent, type Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { PlatformError } from "../base/index.ts";
import { isModelName, mainFileOf, NAME_RULE, parseVersion } from "../model/index.ts";

/** A version as it lies in the folder. */
export interface FoundVersion {
  readonly model: string;
  readonly version: number;
  /** The model, or the handler. */
  readonly path: string;
  /** The folder in which files named by the manifest lie. */
  readonly directory: string;
  readonly manifestPath?: string;
  /** Changes when any file of the version does: names, sizes, times and inode numbers. */
  readonly fingerprint: string;
  /** Size of all its files. */
  readonly bytes: number;
  /** When its youngest file was written, in milliseconds since the epoch. */
  readonly writtenMs: number;
  /** When something came into its folders last, or went; 0 for a single file. */
  readonly arrangedMs: number;
  /** Brings the files to this machine before they are loaded: they then lie in the folder that it tells. */
  readonly bring?: () => Promise<BroughtFiles>;
}

/** Files that lie on this machine until they are released. */
export interface BroughtFiles {
  readonly directory: string;
  release(): void;
}

export interface FolderSnapshot {
  readonly versions: readonly FoundVersion[];
  /** What lies there and is not a model, with the reason. */
  readonly problems: readonly Problem[];
  /** Models whose folders cannot be read now: nothing is known of them, so they stay as they are. */
  readonly unreadable: ReadonlySet<string>;
}

interface Problem {
  readonly path: string;
  readonly reason: string;
}

/**
 * What a folder of models holds: `<name>/<version>/model.onnx` with an optional `model.json` beside
 * it or beside the versions, and `<name>.onnx` (version 1) with an optional `<name>.json`. Names
 * that start with "." or end with "~", ".tmp" or ".part" are taken for uploads and left alone.
 *
 * @throws PlatformError `failed_precondition` if the folder cannot be read.
 */
export async function scanFolder(root: string): Promise<FolderSnapshot> {
  const versions: FoundVersion[] = [];
  const problems: Problem[] = [];
  const unreadable = new Set<string>();
  for (const entry of await entriesOf(root)) {
    const path = join(root, entry.name);
    const isFile = entry.name.endsWith(".onnx");
    const model = isFile ? entry.name.slice(0, -".onnx".length) : entry.name;
    if (!isFile && !(await isDirectory(path, entry))) continue;
    if (!isModelName(model)) {
      problems.push({ path, reason: `"${model}" is not a model name: ${NAME_RULE}` });
      continue;
    }
    try {
      versions.push(
        ...(isFile ? await singleFile(root, model) : await versionFolders(path, model, problems)),
      );
    } catch (error) {
      unreadable.add(model);
      problems.push({ path, reason: PlatformError.from(error).message });
    }
  }
  return { versions, problems, unreadable };
}

async function entriesOf(directory: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.filter(({ name }) => !/^\.|~$|\.(tmp|part)$/.test(name)).toSorted(byName);
  } catch (cause) {
    const problem = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    throw new PlatformError("failed_precondition", `models folder ${directory} cannot be read: ${problem}`, {
      field: "models",
      got: directory,
      expected: "a folder that this user may read",
      cause,
    });
  }
}

/** The same for a folder that may have been deleted since it was seen: it then has none. */
async function entriesWithin(directory: string): Promise<Dirent[]> {
  try {
    return await entriesOf(directory);
  } catch (error) {
    if (await statOf(directory)) throw error;
    return [];
  }
}

const byName = (a: Dirent, b: Dirent) => (a.name < b.name ? -1 : 1);

async function singleFile(root: string, model: string): Promise<FoundVersion[]> {
  const path = join(root, `${model}.onnx`);
  const manifestPath = join(root, `${model}.json`);
  const [file, manifest] = [await statOf(path), await statOf(manifestPath)];
  if (!file?.isFile()) return [];
  return [
    {
      model,
      version: 1,
      path,
      directory: root,
      ...(manifest && { manifestPath }),
      ...fingerprintOf([
        ["model.onnx", file],
        ["model.json", manifest],
      ]),
      arrangedMs: 0,
    },
  ];
}

async function versionFolders(
  directory: string,
  model: string,
  problems: Problem[],
): Promise<FoundVersion[]> {
  const found: FoundVersion[] = [];
  const shared = await statOf(join(directory, "model.json"));
  const { mtimeMs = 0 } = (await statOf(directory)) ?? {};
  for (const entry of await entriesWithin(directory)) {
    const path = join(directory, entry.name);
    if (!(await isDirectory(path, entry))) continue;
    const version = parseVersion(entry.name);
    if (version === undefined) problems.push({ path, reason: `"${entry.name}" is not a version: 1, 2, 3 …` });
    else found.push(...(await versionFolder(path, { model, version }, { shared, mtimeMs, problems })));
  }
  return found;
}

/** The folder of a model, around those of its versions. */
interface ModelFolder {
  /** Its `model.json`. */
  readonly shared: Stats | undefined;
  readonly mtimeMs: number;
  readonly problems: Problem[];
}

/** A version has a handful of files; each is looked at again and again. */
const MAX_FILES = 1000;

async function versionFolder(
  directory: string,
  { model, version }: Pick<FoundVersion, "model" | "version">,
  { shared, mtimeMs, problems }: ModelFolder,
): Promise<FoundVersion[]> {
  const own = await statOf(directory);
  const entries = await entriesWithin(directory);
  if (entries.length > MAX_FILES) {
    problems.push({ path: directory, reason: `it holds more than ${MAX_FILES} files` });
    return [];
  }
  const files: [string, Stats | undefined][] = [["../model.json", shared]];
  for (const { name } of entries) files.push([name, await statOf(join(directory, name))]);
  const has = (name: string) => files.find(([file, stats]) => file === name && stats?.isFile());
  const main = mainFileOf(files.flatMap(([name, stats]) => (stats?.isFile() ? [name] : [])));
  if (main === undefined) {
    const isThere = mainFileOf(entries.map(({ name }) => name));
    if (isThere) problems.push({ path: directory, reason: `${isThere} is not a regular file` });
    return [];
  }
  const manifest = has("model.json") ? join(directory, "model.json") : undefined;
  const manifestPath = manifest ?? (shared && join(directory, "..", "model.json"));
  return [
    {
      model,
      version,
      path: join(directory, main),
      directory,
      ...(manifestPath && { manifestPath }),
      ...fingerprintOf(files),
      arrangedMs: Math.max(mtimeMs, own?.mtimeMs ?? 0),
    },
  ];
}

function fingerprintOf(files: readonly [string, Stats | undefined][]) {
  const hash = createHash("sha256");
  let writtenMs = 0;
  let bytes = 0;
  for (const [name, stats] of files) {
    if (!stats) continue;
    hash.update(`${name}\0${stats.size}\0${stats.mtimeMs}\0${stats.ino}\n`);
    writtenMs = Math.max(writtenMs, stats.mtimeMs);
    bytes += stats.size;
  }
  return { fingerprint: hash.digest("hex"), writtenMs, bytes };
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch {
    return undefined; // Gone between two looks, or never there: both mean "not part of the version".
  }
}

/** Asks the system only for what may be one, a link perhaps. */
async function isDirectory(path: string, entry: Dirent): Promise<boolean> {
  if (entry.isFile()) return false;
  return (await statOf(path))?.isDirectory() ?? false;
}
