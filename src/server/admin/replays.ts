import { createHash } from "node:crypto";
import type { OperationId } from "../../admin/index.ts";
import { PlatformError } from "../../base/index.ts";
import type { HttpReply, HttpRequest } from "../../protocols/index.ts";
import type { Idempotency } from "../../registry/index.ts";

const KEY = /^[\x21-\x7e]{1,255}$/;

/** Gives the first answer again to requests that repeat an Idempotency-Key. */
export class Replays {
  readonly #store: Idempotency;

  constructor(store: Idempotency) {
    this.#store = store;
  }

  /**
   * @throws PlatformError `invalid_argument` if the key is malformed or came with another request,
   *   `already_exists` while the first request runs.
   */
  async once(
    id: OperationId,
    input: unknown,
    { headers, context }: HttpRequest,
    answer: () => Promise<HttpReply>,
  ): Promise<HttpReply> {
    const key = headers["idempotency-key"];
    if (key === undefined) return await answer();
    if (!KEY.test(key)) throw malformed(key);
    const entry = entryOf(context.caller.id, key);
    const found = await this.#store.begin(entry, hash([id, input, headers["if-match"] ?? ""]));
    if (found.kind === "answer") return replayed(found);
    if (found.kind === "running") throw stillRunning(key);
    return await this.#first(entry, answer);
  }

  async #first(entry: string, answer: () => Promise<HttpReply>): Promise<HttpReply> {
    let reply: HttpReply;
    try {
      reply = await answer();
    } catch (error) {
      await this.#store.forget(entry);
      throw error;
    }
    const { status, headers, body } = reply;
    await this.#store.finish(entry, status, JSON.stringify({ headers, body }));
    return reply;
  }
}

/** What is kept of the key of a caller, each of whom has keys of its own. */
export const entryOf = (caller: string, key: string): string => hash([caller, key]);

const hash = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex");

function replayed({ status, body }: { readonly status: number; readonly body: string }): HttpReply {
  const kept = JSON.parse(body) as Pick<HttpReply, "headers"> & { readonly body: string };
  return { status, headers: { ...kept.headers, "idempotent-replayed": "true" }, body: kept.body };
}

function malformed(key: string): PlatformError {
  return new PlatformError("invalid_argument", "Idempotency-Key is malformed", {
    field: "Idempotency-Key",
    got: key.slice(0, 80),
    expected: "1 to 255 visible characters, such as a UUID",
  });
}

function stillRunning(key: string): PlatformError {
  return new PlatformError(
    "already_exists",
    "the first request with this Idempotency-Key is still under way",
    {
      field: "Idempotency-Key",
      got: key.slice(0, 80),
      hint: "repeat it after Retry-After; it gives the first one's answer then",
      retryAfterMs: 1000,
    },
  );
}
