import { readFileSync } from "node:fs";
import { PlatformError } from "../base/index.ts";

const FEWEST = 32;

/** The secret in a file; undefined without a file. @throws PlatformError if it cannot be read or is too short. */
export function sessionSecret(file: string): string | undefined {
  const setting = "access.sessionSecretFile";
  const secret = secretIn(setting, file);
  if (secret === undefined || secret.length >= FEWEST) return secret;
  throw new PlatformError("invalid_argument", `the file of ${setting} is too short`, {
    field: setting,
    got: `${secret.length} characters`,
    expected: `at least ${FEWEST}`,
    hint: `openssl rand -base64 48 > ${file}`,
  });
}

/** The text in the file of a setting; undefined without a file. @throws PlatformError if it cannot be read or is empty. */
export function secretIn(setting: string, file: string): string | undefined {
  if (file === "") return undefined;
  const secret = read(setting, file);
  if (secret !== "") return secret;
  throw new PlatformError("invalid_argument", `the file of ${setting} is empty`, {
    field: setting,
    got: file,
    expected: "a file with the secret",
  });
}

function read(setting: string, file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new PlatformError("invalid_argument", `the file of ${setting} cannot be read`, {
      cause,
      field: setting,
      got: file,
      expected: "a file with the secret",
    });
  }
}
