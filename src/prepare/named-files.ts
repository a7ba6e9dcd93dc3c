import { PlatformError } from "../base/index.ts";
import type { ModelFiles } from "./contract.ts";

/** Plain names only: what a manifest names lies beside the model and nowhere else. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,254}$/;

/**
 * Lets only plain names through to `files`.
 *
 * @throws PlatformError `invalid_argument` for a name with a folder in it, or a hidden one.
 */
export function plainlyNamed(files: ModelFiles): ModelFiles {
  return async (name) => {
    if (NAME.test(name)) return files(name);
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
