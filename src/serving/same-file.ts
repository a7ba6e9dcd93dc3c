import { stat } from "node:fs/promises";
import { PlatformError } from "../base/index.ts";
import { readBeside } from "./read-beside.ts";

/** A digest, and the name of its file, however long. */
const MAX_DIGEST_BYTES = 8192;

/** Remembers a file as it is; the result throws if it has been replaced or written to since. */
export async function watchFile(path: string): Promise<() => Promise<void>> {
  const before = await identity(path);
  return async () => {
    if ((await identity(path)) === before) return;
    throw new PlatformError("failed_precondition", "model.onnx changed while it was loaded", {
      field: "model.onnx",
      hint: "upload beside the folder and rename into it; the new file is tried by itself once it is whole",
    });
  };
}

async function identity(path: string): Promise<string> {
  try {
    const { size, mtimeNs, ino } = await stat(path, { bigint: true });
    return `${size} ${mtimeNs} ${ino}`;
  } catch {
    return "gone"; // Deleted meanwhile: a change like any other.
  }
}

/**
 * Compares a digest with the one that lies beside the file as `<file>.sha256` (in the form of the
 * `sha256sum` command), if there is one.
 *
 * @throws PlatformError `failed_precondition` if they differ.
 */
export async function checkDigest(path: string, digest: string): Promise<void> {
  const expected = await readDigest(`${path}.sha256`);
  if (expected === undefined || expected === digest) return;
  throw new PlatformError(
    "failed_precondition",
    `model.onnx has digest ${digest}, its .sha256 file says ${expected}`,
    {
      field: "model.onnx.sha256",
      got: digest,
      expected,
    },
  );
}

async function readDigest(path: string): Promise<string | undefined> {
  try {
    const text = (await readBeside(path, MAX_DIGEST_BYTES)).toString("utf8");
    const [digest = ""] = text.slice(0, 200).trim().split(/\s+/);
    return digest.toLowerCase();
  } catch (thrown) {
    if (thrown instanceof PlatformError) throw thrown; // Something that cannot hold a digest.
    return undefined; // No such file: nobody said what the digest must be.
  }
}
