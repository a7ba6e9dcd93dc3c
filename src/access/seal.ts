import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Browsers keep no cookie that is larger. */
const MOST_CHARACTERS = 4096;
const LETTERS = /^[A-Za-z0-9_-]+$/;

/** Values that only servers with the same secret can read or make: AES-256-GCM, base64url. */
export class Seal {
  readonly #key: Uint8Array;

  /** `secret` undefined: of this process alone. */
  constructor(secret?: string) {
    this.#key =
      secret === undefined ? randomBytes(32) : createHmac("sha256", secret).update("sirve session").digest();
  }

  /** `purpose` keeps a value of one kind from being taken for another. */
  seal(purpose: string, value: object): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce);
    cipher.setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([
      nonce,
      cipher.update(JSON.stringify(value)),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    return sealed.toString("base64url");
  }

  /** What was sealed; undefined for anything else, whatever is wrong with it. */
  open(purpose: string, text: string): unknown {
    if (text.length > MOST_CHARACTERS || !LETTERS.test(text)) return undefined;
    const bytes = Buffer.from(text, "base64url");
    if (bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined;
    const decipher = createDecipheriv("aes-256-gcm", this.#key, bytes.subarray(0, NONCE_BYTES));
    decipher.setAAD(Buffer.from(purpose));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const opened = Buffer.concat([
        decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)),
        decipher.final(),
      ]);
      return JSON.parse(opened.toString("utf8"));
    } catch {
      return undefined;
    }
  }

  /** What shows that somebody knows `text`, and tells nothing of it. */
  proofOf(text: string): string {
    return createHmac("sha256", this.#key).update(`proof ${text}`).digest("base64url");
  }
}
