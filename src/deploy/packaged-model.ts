import { createHash } from "node:crypto";
import { createReadStream, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { PlatformError } from "../base/index.ts";
import { isModelName, mainFileOf, parseModelTarget, parseVersion } from "../model/index.ts";
import { diskFile, type Tree } from "./tree.ts";

/** A file of a version, on this disk. */
export interface ModelFile {
  readonly name: string;
  readonly path: string;
  readonly digest: string;
  readonly bytes: number;
}

/** A version of a model that goes into a package. */
export interface PackagedModel {
  readonly model: string;
  readonly version: number;
  readonly files: readonly ModelFile[];
  /** SHA-256 of one line for each file, `<sha256> <bytes> <name>`: the artifact digest of the registry. */
  readonly digest: string;
}

/** A version with its digest. @throws PlatformError `invalid_argument` for a file name that could lead elsewhere. */
export function packagedModel(model: string, version: number, files: readonly ModelFile[]): PackagedModel {
  for (const { name } of files) checkFileName(model, name);
  const sorted = files.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  const lines = sorted.map(({ name, digest, bytes }) => `${digest} ${bytes} ${name}\n`);
  return { model, version, files: sorted, digest: createHash("sha256").update(lines.join("")).digest("hex") };
}

/** The versions below `models/`, as a folder that Sirve serves. */
export function modelTree(models: readonly PackagedModel[]): Tree {
  return models.flatMap(({ model, version, files }) =>
    files.map((file) => ({
      ...diskFile(`models/${model}/${version}/${file.name}`, file.path),
      isExecutable: false,
    })),
  );
}

/**
 * The versions that `targets` name, such as "churn" for the newest one and "churn@7", from a folder of models.
 *
 * @throws PlatformError `not_found` if one is not there, `invalid_argument` for what a folder does not know.
 */
export async function modelsOfFolder(folder: string, targets: readonly string[]): Promise<PackagedModel[]> {
  const models: PackagedModel[] = [];
  for (const text of targets) {
    const target = parseModelTarget(text);
    if (target === undefined || (text.includes("@") && target.version === undefined)) {
      throw new PlatformError("invalid_argument", `${JSON.stringify(text)} names no version of a folder`, {
        field: "model",
        got: text,
        expected: 'a model, perhaps at a version: "churn" or "churn@7"; aliases are a registry\'s',
      });
    }
    models.push(await modelOfFolder(folder, target.model, target.version));
  }
  return models;
}

async function modelOfFolder(folder: string, model: string, wanted?: number): Promise<PackagedModel> {
  const single = join(folder, `${model}.onnx`);
  if (isFile(single) && (wanted ?? 1) === 1) {
    const manifest = join(folder, `${model}.json`);
    const pairs: Pair[] = [
      ["model.onnx", single],
      ...(isFile(manifest) ? [["model.json", manifest] as const] : []),
    ];
    return packagedModel(model, 1, await described(pairs));
  }
  const home = join(folder, model);
  const version = wanted ?? newest(home);
  const directory = join(home, String(version ?? ""));
  if (version === undefined || !hasMain(directory)) throw notThere(folder, model, wanted);
  const names = readdirSync(directory).filter((name) => isWanted(name) && isFile(join(directory, name)));
  const pairs: Pair[] = names.map((name) => [name, join(directory, name)] as const);
  const shared = join(home, "model.json");
  if (!names.includes("model.json") && isFile(shared)) pairs.push(["model.json", shared]);
  return packagedModel(model, version, await described(pairs));
}

type Pair = readonly [name: string, path: string];

/** What is being uploaded, or kept by an editor, is no part of a version. */
const isWanted = (name: string) => !/^\.|~$|\.(?:tmp|part)$/.test(name);

function newest(home: string): number | undefined {
  if (!statSync(home, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  const versions = readdirSync(home)
    .map((name) => parseVersion(name))
    .filter((version) => version !== undefined && hasMain(join(home, String(version))));
  return versions.length === 0 ? undefined : Math.max(...versions.map(Number));
}

/** Whether a folder holds a model or a handler. */
const hasMain = (directory: string) =>
  statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true &&
  mainFileOf(readdirSync(directory).filter((name) => isFile(join(directory, name)))) !== undefined;

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** Each file with its size and digest. */
async function described(pairs: readonly Pair[]): Promise<ModelFile[]> {
  const files: ModelFile[] = [];
  for (const [name, path] of pairs) {
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
    files.push({ name, path, digest: hash.digest("hex"), bytes });
  }
  return files;
}

/** A server's answer is not trusted more than a folder: a file lies in its version's folder, under a plain name. */
export function checkFileName(model: string, name: string): void {
  const isPlain = isModelName(model) && /^[\w@%+=:,. -]{1,255}$/.test(name) && !/^\.{1,2}$/.test(name);
  if (isPlain) return;
  throw new PlatformError("invalid_argument", `a file of ${model} has a name that cannot be packaged`, {
    field: "file",
    got: JSON.stringify(name).slice(0, 200),
    expected: "letters, digits, spaces and @ % + = : , . _ -",
  });
}

function notThere(folder: string, model: string, version?: number): PlatformError {
  const what = version === undefined ? model : `${model}@${version}`;
  return new PlatformError("not_found", `${what} is not in ${folder}`, {
    field: "model",
    got: what,
    expected: "<name>/<version>/model.onnx or handler.ts, or <name>.onnx",
  });
}
