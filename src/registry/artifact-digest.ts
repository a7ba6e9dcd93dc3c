import { createHash } from "node:crypto";
import type { ArtifactFile } from "./contract.ts";

/**
 * The SHA-256 of an artifact, hex: of one line for each file, in the order of their names' bytes,
 * `<sha256> <bytes> <name>\n`. The same files under the same names are the same artifact, whatever order
 * they come in.
 */
export function artifactDigest(files: readonly ArtifactFile[]): string {
  const lines = files
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
    .map(({ name, digest, bytes }) => `${digest} ${bytes} ${name}\n`);
  return createHash("sha256").update(lines.join("")).digest("hex");
}
