import { createHash } from "node:crypto";
import type { OperationId } from "../../admin/index.ts";
import { PlatformError } from "../../base/index.ts";
import type { HttpReply, HttpRequest } from "../../protocols/index.ts";

/** Where the answers of repeated requests are kept. */
export interface ReplayStore {
  /** Takes the id for a request that begins now, or says what became of the one that has it. */
  begin(
    id: string,
    fingerprint: string,
  ): Promise<
    | { readonly kind: "new" }
    | { readonly kind: "done"; readonly status: number; readonly body: string }
    | { readonly kind: "running" }
    | { readonly kind: "different" }
  >;
  finish(id: string, status: number, body: string): Promise<void>;
  /** The request failed: it may be tried again. */
  abandon(id: string): Promise<void>;
}

const KEY = /^[\x21-\x7e]{1,255}$/;

/** Gives the first answer again to requests that repeat an Idempotency-Key. */
export class Replays {
  readonly #store: ReplayStore;

  constructor(store: ReplayStore) {
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
    const entry = hash([context.caller.id, key]);
    const found = await this.#store.begin(entry, hash([id, input, headers["if-match"] ?? ""]));
    if (found.kind === "done") return replayed(found);
    if (found.kind === "running") throw stillRunning(key);
    if (found.kind === "different") throw otherRequest(key);
    return await this.#first(entry, answer);
  }

  async #first(entry: string, answer: () => Promise<HttpReply>): Promise<HttpReply> {
    let reply: HttpReply;
    try {
      reply = await answer();
    } catch (error) {
      await this.#store.abandon(entry);
      throw error;
    }
    const { status, headers, body } = reply;
    await this.#store.finish(entry, status, JSON.stringify({ headers, body }));
    return reply;
  }
}

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

function otherRequest(key: string): PlatformError {
  return new PlatformError("invalid_argument", "this Idempotency-Key came with another request", {
    field: "Idempotency-Key",
    got: key.slice(0, 80),
    expected: "the same operation, parameters, body and If-Match as the first time",
    hint: "take a new key for a new request",
  });
}
