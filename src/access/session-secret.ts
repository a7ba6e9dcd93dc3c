import { readFileSync } from "node:fs";
import { PlatformError } from "../base/index.ts";

const FEWEST = 32;

/** The secret in a file; undefined without a file. @throws PlatformError if it cannot be read or is too short. */
export function sessionSecret(file: string): string | undefined {
  if (file === "") return undefined;
  const secret = readSecret(file);
  if (secret.length >= FEWEST) return secret;
  throw new PlatformError("invalid_argument", "the file of access.sessionSecretFile is too short", {
    field: "access.sessionSecretFile",
    got: `${secret.length} characters`,
    expected: `at least ${FEWEST}`,
    hint: `openssl rand -base64 48 > ${file}`,
  });
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new PlatformError("invalid_argument", "the file of access.sessionSecretFile cannot be read", {
      cause,
      field: "access.sessionSecretFile",
      got: file,
      expected: "a file of 32 bytes or more",
    });
  }
}
