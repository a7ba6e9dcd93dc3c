import { constants } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { join } from "node:path";
import type { TensorProto } from "./proto.ts";
import { quoted, refusal } from "./refusal.ts";

/** Where the data of one tensor lies. */
export interface ExternalData {
  readonly tensor: string;
  readonly location: string;
  readonly offset: number;
  /** Bytes; what the tensor's shape says. */
  readonly length: number;
}

/** A file beside the model: no folders, no hidden files, nothing that a shell or page could read otherwise. */
const FILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.+=@ -]{0,254}$/;

/**
 * What a tensor says of its external data.
 *
 * @throws PlatformError `failed_precondition` for a location that is not a plain file name, or a
 *   length other than the tensor's.
 */
export function externalData(tensor: TensorProto, bytes: number): ExternalData {
  const entries = new Map(tensor.externalData.map(({ key = "", value = "" }) => [key, value]));
  const name = quoted(tensor.name ?? "");
  const location = entries.get("location") ?? "";
  if (!FILE_NAME.test(location) || location.includes("..")) {
    throw refusal(`external data of tensor ${name} lies at ${quoted(location)}`, {
      field: `tensor ${name}`,
      got: quoted(location),
      expected: "a plain file name beside the model",
      hint: "Save the model with its data in one file in the same folder (onnx.save with location).",
    });
  }
  const offset = wholeNumber(entries.get("offset") ?? "0");
  const length = wholeNumber(entries.get("length") ?? String(bytes));
  if (offset === undefined || length !== bytes) {
    throw refusal(
      `external data of tensor ${name} is ${length ?? "an unknown number of"} bytes, its shape says ${bytes}`,
      {
        field: `tensor ${name}`,
        expected: `${bytes} bytes`,
      },
    );
  }
  return { tensor: name, location, offset, length };
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/**
 * Opens a file of external data and checks that it is what its name says: a regular file of this
 * folder, no link of either kind, long enough for each piece. The caller closes it.
 *
 * @throws PlatformError `failed_precondition`.
 */
export async function openExternal(
  folder: string,
  location: string,
  pieces: readonly ExternalData[],
): Promise<{ readonly file: FileHandle; readonly bytes: number }> {
  const path = join(folder, location);
  await checkIsFile(path, location);
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size, nlink } = await file.stat();
    if (nlink !== 1) throw link(location, "a hard link: another name of the same file exists");
    for (const { tensor, offset, length } of pieces) {
      if (offset + length <= size) continue;
      throw refusal(
        `external data of tensor ${tensor} ends at byte ${offset + length}, ${location} has ${size}`,
        {
          field: location,
          got: `${size} bytes`,
          expected: `at least ${offset + length} bytes`,
        },
      );
    }
    return { file, bytes: size };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Looks before opening: opening a pipe would wait for its writer. */
async function checkIsFile(path: string, location: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (!stats) {
    throw refusal(`external data file ${location} is missing`, {
      field: location,
      expected: "a file beside the model",
    });
  }
  if (stats.isSymbolicLink()) throw link(location, "a symbolic link");
  if (!stats.isFile()) throw link(location, "not a regular file");
}

function link(location: string, problem: string) {
  return refusal(`external data file ${location} is ${problem}`, {
    field: location,
    expected: "a regular file with one name",
    hint: "Copy the file into the model's folder instead of linking it.",
  });
}
