import { PlatformError } from "../base/index.ts";
import type { ModelFiles } from "./contract.ts";

/** Plain names only: what a manifest names lies beside the model and nowhere else. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,254}$/;

/** Tokenizers of large vocabularies have some ten megabytes. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Lets only plain names through to `files`.
 *
 * @throws PlatformError `invalid_argument` for a name with a folder in it, or a hidden one.
 */
export function plainlyNamed(files: ModelFiles): ModelFiles {
  return async (name) => {
    if (NAME.test(name)) return readNamed(name, files);
    const expected = "a plain file name: letters, digits, '.', '_' or '-'";
    const got = JSON.stringify(name.slice(0, 100));
    throw new PlatformError(
      "invalid_argument",
      `file ${got} cannot be beside a model, expected ${expected}`,
      {
        field: "model.json: preparation",
        got,
        expected,
      },
    );
  };
}

async function readNamed(name: string, files: ModelFiles): Promise<Uint8Array> {
  const bytes = await openNamed(name, files);
  if (bytes.length <= MAX_BYTES) return bytes;
  const [got, expected] = [`${bytes.length} bytes`, `at most ${MAX_BYTES} bytes`];
  throw new PlatformError("too_large", `file "${name}" beside the model has ${got}, expected ${expected}`, {
    field: "model.json: preparation",
    got,
    expected,
  });
}

async function openNamed(name: string, files: ModelFiles): Promise<Uint8Array> {
  try {
    return await files(name);
  } catch (cause) {
    if (cause instanceof PlatformError) throw cause;
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    const problem = isMissing ? "is not beside the model" : "beside the model cannot be read";
    throw new PlatformError("invalid_argument", `file "${name}" ${problem}`, {
      field: "model.json: preparation",
      got: name,
      hint: "Copy it into the version's folder, beside model.onnx.",
      cause,
    });
  }
}
