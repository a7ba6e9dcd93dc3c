import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { basename, dirname, sep } from "node:path";
import { PlatformError } from "../base/index.ts";

/** Opening a pipe, or a device, must not wait for whoever is at its other end. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * The bytes of a file that lies in a model folder.
 *
 * @throws PlatformError `failed_precondition` if it is a pipe, a device or a folder, `too_large`
 *   above `maxBytes`; the system's error if it cannot be opened.
 */
export async function readBeside(path: string, maxBytes: number): Promise<Buffer> {
  const field = basename(path);
  const file = await open(path, FLAGS);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) {
      const expected = "a regular file";
      throw new PlatformError("failed_precondition", `${field} is not a regular file`, { field, expected });
    }
    if (stats.size > maxBytes) throw tooLarge(field, stats.size, maxBytes);
    const bytes = Buffer.alloc(stats.size);
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await file.read(bytes, done, bytes.length - done, done);
      if (bytesRead === 0) break; // It became shorter: what is there is judged as it is.
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  } finally {
    await file.close();
  }
}

/**
 * Refuses a file that a link takes out of its folder: what a model shows of its files must not be
 * somebody else's.
 *
 * @throws PlatformError `failed_precondition`; the system's error if there is no such file.
 */
export async function checkIsInside(path: string): Promise<void> {
  const [real, folder] = await Promise.all([realpath(path), realpath(dirname(path))]);
  if (real.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return;
  const field = basename(path);
  throw new PlatformError("failed_precondition", `${field} is a link that leads out of the model's folder`, {
    field,
    expected: "a file in the model's folder",
    hint: "copy the file into the folder instead of linking it",
  });
}

function tooLarge(field: string, bytes: number, maxBytes: number): PlatformError {
  const [got, expected] = [`${bytes} bytes`, `at most ${maxBytes} bytes`];
  return new PlatformError("too_large", `${field} has ${got}, expected ${expected}`, {
    field,
    got,
    expected,
  });
}
