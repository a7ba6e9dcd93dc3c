import { existsSync, renameSync, writeFileSync } from "node:fs";
import { readKeyFile } from "./key-file.ts";
import type { KeySpec } from "./key-records.ts";
import { hashOf, newSecret } from "./secret.ts";

/**
 * Makes a key and adds its hash to a file of keys, which is made if it is not there.
 *
 * @throws PlatformError `failed_precondition` if the file is there and is none of keys.
 */
export function addKeyToFile(
  path: string,
  spec: KeySpec,
): KeySpec & { readonly id: string; readonly secret: string } {
  const keys = existsSync(path) ? readKeyFile(path) : [];
  const { id, secret } = newSecret();
  const draft = `${path}.${id}.tmp`;
  const text = `${JSON.stringify({ keys: [...keys, { id, hash: hashOf(secret), ...spec }] }, undefined, 2)}\n`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
  return { ...spec, id, secret };
}
