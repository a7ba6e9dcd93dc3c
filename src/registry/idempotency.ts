import { type Clock, PlatformError, systemClock } from "../base/index.ts";
import type { Database, Tables, Transaction } from "../database/index.ts";
import { isoTime } from "./change.ts";

/** What is known of a request that came with an idempotency key. */
export type Begun =
  /** Nobody has made it: the caller does so now, then calls `finish` or `forget`. */
  | { readonly kind: "fresh" }
  /** Another request with this key is under way. */
  | { readonly kind: "running" }
  /** It was made; this was its answer. */
  | { readonly kind: "answer"; readonly status: number; readonly body: string };

/** Makes a change happen once although it is asked for again. */
export interface Idempotency {
  /**
   * @param id of caller and key together.
   * @param fingerprint SHA-256 of operation, parameters and body.
   * @throws PlatformError `invalid_argument` if the key was used for another request.
   */
  begin(id: string, fingerprint: string): Promise<Begun>;
  /** Keeps the answer for a day. If the database is away it is tried again; the key stays taken meanwhile. */
  finish(id: string, status: number, body: string): Promise<void>;
  /** The request changed nothing: it may be made again with this key. */
  forget(id: string): Promise<void>;
  /** Ends the timer; what is running stays so for half a minute. */
  close(): void;
}

export interface IdempotencyOptions {
  readonly database: Database;
  readonly clock?: Clock;
  /** Whether this process has the database to itself: what another one worked on ended with it. */
  readonly isAlone?: boolean;
}

/** A key whose server has not said for this long that it still works on it is free again. */
const LEASE_MS = 30_000;
const RENEW_MS = 10_000;
const KEEP_MS = 24 * 3_600_000;

/** Idempotency keys on an open database, shared by all servers on it. */
export function openIdempotency(options: IdempotencyOptions): Idempotency {
  const { database, clock = systemClock, isAlone = false } = options;
  return new StoredIdempotency(database, clock, isAlone);
}

type Row = Tables["idempotency"];

interface Answer {
  readonly status: number;
  readonly body: string;
}

class StoredIdempotency implements Idempotency {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #isAlone: boolean;
  /** Ids that this process works on. */
  readonly #running = new Set<string>();
  /** Answers for which the database had no ear. */
  readonly #unsaved = new Map<string, Answer>();
  #stopTimer: (() => void) | undefined;

  constructor(database: Database, clock: Clock, isAlone: boolean) {
    this.#database = database;
    this.#clock = clock;
    this.#isAlone = isAlone;
  }

  async begin(id: string, fingerprint: string): Promise<Begun> {
    const wasRunning = this.#running.has(id);
    try {
      const begun = await this.#begin(id, fingerprint);
      if (begun.kind === "fresh") this.#renewLater();
      return begun;
    } catch (error) {
      if (!wasRunning) this.#running.delete(id);
      throw error;
    }
  }

  async #begin(id: string, fingerprint: string): Promise<Begun> {
    return await this.#database.change(async (tx) => {
      await tx.deleteFrom("idempotency").where("created_at", "<", this.#timeBefore(KEEP_MS)).execute();
      const row = await tx.selectFrom("idempotency").selectAll().where("id", "=", id).executeTakeFirst();
      if (row && !this.#isAbandoned(row)) return answerOf(row, fingerprint);
      await tx.deleteFrom("idempotency").where("id", "=", id).execute();
      await this.#insert(tx, id, fingerprint);
      // Before anybody else can see the row.
      this.#running.add(id);
      return { kind: "fresh" } as const;
    });
  }

  async finish(id: string, status: number, body: string): Promise<void> {
    const answer = { status, body };
    await this.#save(id, answer).catch((error: unknown) => {
      if (!(error instanceof PlatformError)) throw error;
      // What was asked for has happened: the caller gets its answer, the store a little later.
      this.#unsaved.set(id, answer);
    });
  }

  async forget(id: string): Promise<void> {
    this.#running.delete(id);
    const running = this.#database.kysely.deleteFrom("idempotency").where("id", "=", id);
    await running
      .where("status", "is", null)
      .execute()
      .catch((error: unknown) => {
        // Nobody renews it: it is free again after LEASE_MS.
        if (!(error instanceof PlatformError)) throw error;
      });
  }

  close(): void {
    this.#stopTimer?.();
    this.#running.clear();
  }

  #isAbandoned({ id, status, created_at }: Row): boolean {
    if (status !== null || this.#running.has(id)) return false;
    return this.#isAlone || created_at < this.#timeBefore(LEASE_MS);
  }

  async #insert(tx: Transaction<Tables>, id: string, fingerprint: string): Promise<void> {
    const created_at = this.#timeBefore(0);
    await tx
      .insertInto("idempotency")
      .values({ id, fingerprint, status: null, body: null, created_at })
      .execute();
  }

  #timeBefore(ms: number): string {
    return isoTime(this.#clock.now() - ms);
  }

  #renewLater(): void {
    this.#stopTimer ??= this.#clock.after(RENEW_MS, () => void this.#renew());
  }

  async #save(id: string, answer: Answer): Promise<void> {
    await this.#database.kysely
      .updateTable("idempotency")
      .set({ ...answer, created_at: this.#timeBefore(0) })
      .where("id", "=", id)
      .where("status", "is", null)
      .execute();
    this.#running.delete(id);
    this.#unsaved.delete(id);
  }

  /** Says of all that runs here that it still does, and saves what could not be saved before. */
  async #renew(): Promise<void> {
    this.#stopTimer = undefined;
    if (this.#running.size === 0) return;
    this.#stopTimer = this.#clock.after(RENEW_MS, () => void this.#renew());
    try {
      for (const [id, answer] of this.#unsaved) await this.#save(id, answer);
      await this.#database.kysely
        .updateTable("idempotency")
        .set({ created_at: this.#timeBefore(0) })
        .where("id", "in", [...this.#running, ""])
        .where("status", "is", null)
        .execute();
    } catch {
      // A database that is away for a moment is asked again in RENEW_MS.
    }
  }
}

function answerOf({ fingerprint: known, status, body }: Row, fingerprint: string): Begun {
  if (known !== fingerprint) {
    throw new PlatformError("invalid_argument", "the idempotency key was used for another request", {
      field: "idempotency-key",
      expected: "a new key for each new request",
    });
  }
  return status === null ? { kind: "running" } : { kind: "answer", status, body: body ?? "" };
}
