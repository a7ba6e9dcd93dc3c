import { createHash } from "node:crypto";
import { createReadStream, openAsBlob, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { PlatformError } from "../base/index.ts";
import { type SirveClient, SirveError, type UploadOptions } from "../client/index.ts";
import { mainFileOf } from "../model/index.ts";

/** A file of a version, on this disk. */
export interface LocalFile {
  readonly name: string;
  readonly path: string;
  readonly digest: string;
  readonly bytes: number;
}

/**
 * The files of a version: those of a folder, or one model file, which is called model.onnx; `extra`
 * adds files by the name that they are to have.
 *
 * @throws PlatformError `not_found` if there is nothing, `invalid_argument` if there is a folder within.
 */
export async function localFiles(
  path: string,
  extra: Readonly<Record<string, string>> = {},
): Promise<LocalFile[]> {
  const found = new Map<string, string>();
  if (statOf(path).isDirectory()) {
    for (const name of readdirSync(path).filter((one) => !one.startsWith("."))) {
      found.set(name, join(path, name));
    }
  } else {
    found.set(path.endsWith(".onnx") ? "model.onnx" : basename(path), path);
  }
  for (const [name, from] of Object.entries(extra)) found.set(name, from);
  const sorted = [...found].toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (mainFileOf([...found.keys()]) === undefined) {
    throw new PlatformError(
      "invalid_argument",
      `${path} holds no model.onnx, handler, pipeline.json or remote.json`,
      {
        field: "path",
        got: sorted.map(([name]) => name).join(", ") || "nothing",
        expected:
          "an .onnx file, handler.ts, .js or .py, pipeline.json, remote.json, or a folder with one of them and perhaps model.json, golden.json, labels",
      },
    );
  }
  const files: LocalFile[] = [];
  for (const [name, from] of sorted) files.push(await localFile(name, from));
  return files;
}

async function localFile(name: string, path: string): Promise<LocalFile> {
  if (!statOf(path).isFile()) {
    throw new PlatformError("invalid_argument", `${path} is no file: a version's files lie flat`, {
      field: "path",
      got: path,
    });
  }
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { name, path, digest: hash.digest("hex"), bytes };
}

function statOf(path: string): ReturnType<typeof statSync> & object {
  try {
    return statSync(path);
  } catch (cause) {
    throw new PlatformError("not_found", `${path} cannot be read`, { field: "path", got: path, cause });
  }
}

/**
 * Sends what the server lacks; bytes it has are not sent again.
 *
 * @throws SirveError `cancelled` if `signal` stopped it, saying how to go on.
 */
export async function uploadFiles(
  server: SirveClient,
  files: readonly LocalFile[],
  { progress, signal }: UploadOptions = {},
): Promise<void> {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  for (const { path, digest, bytes } of files) {
    const start = before;
    const blob = await openAsBlob(path);
    const counted = (sent: number) => progress?.(start + sent, total);
    await server.upload({ blob, digest }, { progress: counted, signal }).catch(stopped);
    before += bytes;
  }
}

function stopped(thrown: unknown): never {
  if (!(thrown instanceof SirveError) || thrown.code !== "cancelled") throw thrown;
  const hint = "what has come is kept: the same command goes on where this one stopped";
  throw new SirveError("the upload was stopped", { ...thrown.details, hint }, thrown);
}
