import { hash, randomBytes, timingSafeEqual } from "node:crypto";

/** "sirve_" + 8 characters that may be seen + "_" + 256 random bits. */
const SECRET = /^sirve_([a-z0-9]{8})_([A-Za-z0-9_-]{43})$/;
const ID_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";

export interface NewSecret {
  /** What lists and logs show. */
  readonly id: string;
  /** The key itself. */
  readonly secret: string;
}

/** A new key; with `id` a new secret for a key that is known. */
export function newSecret(id: string = newId()): NewSecret {
  return { id, secret: `sirve_${id}_${randomBytes(32).toString("base64url")}` };
}

/** The id in a key; undefined if the text is none. */
export function idOf(secret: string): string | undefined {
  return SECRET.exec(secret)?.[1];
}

/**
 * What is kept of a key: its SHA-256, hex. A slow hash protects what people choose; 256 random bits cannot be
 * guessed from it, and each request has to make it.
 */
export function hashOf(secret: string): string {
  return hash("sha256", secret, "hex");
}

/** Whether two hashes are equal, in the same time for all that differ. */
export function isSameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function newId(): string {
  // 32 letters, so that every byte gives each of them as often.
  return [...randomBytes(8)].map((byte) => ID_LETTERS[byte % ID_LETTERS.length]).join("");
}
