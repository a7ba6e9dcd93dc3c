import { type Clock, PlatformError } from "../base/index.ts";
import { appendAudit, type Database, lastAuditId, type Tables } from "../database/index.ts";
import { ROLES, type Role } from "../model/index.ts";
import type { StoredKey } from "./key-ring.ts";
import type { RateLimits } from "./rate.ts";
import { hashOf, newSecret } from "./secret.ts";
import type { EndedSession } from "./sessions.ts";

/** What a key is to be. */
export interface KeySpec extends RateLimits {
  readonly name: string;
  readonly role: Role;
  readonly models: readonly string[];
  readonly expiresAt?: string | undefined;
}

/** A key as lists show it. */
export interface ShownKey extends KeySpec {
  readonly id: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly revokedAt?: string | undefined;
  readonly lastUsedAt?: string | undefined;
}

/** Who changes something, for the audit log. */
export interface KeyActor {
  readonly id: string;
  readonly requestId: string;
}

type Row = Tables["keys"];

/** Keys in the records of a registry. */
export class KeyRecords {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async all(): Promise<readonly Row[]> {
    return await this.#database.kysely.selectFrom("keys").selectAll().orderBy("created_at").execute();
  }

  /** Grows with every change of the records. */
  async changeId(): Promise<number> {
    return await lastAuditId(this.#database.kysely);
  }

  async create(spec: KeySpec, actor: KeyActor): Promise<ShownKey & { readonly secret: string }> {
    checkExpiry(spec.expiresAt, this.#now());
    const { id, secret } = newSecret();
    const row: Row = {
      id,
      name: spec.name,
      hash: hashOf(secret),
      previous_hash: null,
      previous_until: null,
      role: spec.role,
      models: JSON.stringify(spec.models),
      expires_at: spec.expiresAt === undefined ? null : new Date(spec.expiresAt).toISOString(),
      requests_per_second: spec.requestsPerSecond ?? null,
      requests_per_day: spec.requestsPerDay ?? null,
      created_at: this.#now(),
      created_by: actor.id,
      revoked_at: null,
      last_used_at: null,
    };
    const details = { key: id, name: spec.name, role: spec.role, models: [...spec.models] };
    await this.#database.change(async (tx) => {
      await tx.insertInto("keys").values(row).execute();
      await appendAudit(tx, this.#line("key.create", actor, details));
    });
    return { ...shownKey(row), secret };
  }

  /** Writes into the audit log that somebody has signed in, or out of which session. */
  async noteSession(
    action: "session.start" | "session.end",
    actor: KeyActor,
    ended?: EndedSession,
  ): Promise<void> {
    await this.#database.change(async (tx) => {
      await appendAudit(tx, this.#line(action, actor, { ...ended }));
    });
  }

  /** Sessions that were ended by changes after `changeId` and since `at`, ISO 8601. */
  async sessionsEnded(changeId: number, at: string): Promise<readonly EndedSession[]> {
    const rows = await this.#database.kysely
      .selectFrom("audit")
      .select("details")
      .where("action", "=", "session.end")
      .where("id", ">", changeId)
      .where("at", ">=", at)
      .execute();
    const ends = rows.map(({ details }) => JSON.parse(details) as Partial<EndedSession>);
    return ends.filter((one): one is EndedSession => one.session !== undefined && one.until !== undefined);
  }

  async rotate(
    id: string,
    overlapSeconds: number,
    actor: KeyActor,
  ): Promise<ShownKey & { readonly secret: string }> {
    const { secret } = newSecret(id);
    const until = new Date(Date.parse(this.#now()) + overlapSeconds * 1000).toISOString();
    const row = await this.#database.change(async (tx) => {
      const found = await tx.selectFrom("keys").selectAll().where("id", "=", id).executeTakeFirst();
      if (!found) throw keyNotFound(id);
      if (found.revoked_at !== null) throw revoked(id);
      const rotated = { hash: hashOf(secret), previous_hash: found.hash, previous_until: until };
      await tx.updateTable("keys").set(rotated).where("id", "=", id).execute();
      await appendAudit(tx, this.#line("key.rotate", actor, { key: id, name: found.name, overlapSeconds }));
      return { ...found, ...rotated };
    });
    return { ...shownKey(row), secret };
  }

  async revoke(id: string, actor: KeyActor): Promise<void> {
    const now = this.#now();
    await this.#database.change(async (tx) => {
      const found = await tx
        .selectFrom("keys")
        .select(["name", "revoked_at"])
        .where("id", "=", id)
        .executeTakeFirst();
      if (!found) throw keyNotFound(id);
      if (found.revoked_at !== null) return;
      await tx.updateTable("keys").set({ revoked_at: now }).where("id", "=", id).execute();
      await appendAudit(tx, this.#line("key.revoke", actor, { key: id, name: found.name }));
    });
  }

  /** Adds counts of a day and returns all of it that are known. */
  async addUsage(id: string, day: string, requests: number): Promise<number> {
    return await this.#database.change(async (tx) => {
      const row = await tx
        .selectFrom("key_usage")
        .select("requests")
        .where("key_id", "=", id)
        .where("day", "=", day)
        .executeTakeFirst();
      const sum = (row?.requests ?? 0) + requests;
      if (row) {
        await tx
          .updateTable("key_usage")
          .set({ requests: sum })
          .where("key_id", "=", id)
          .where("day", "=", day)
          .execute();
      } else {
        await tx.insertInto("key_usage").values({ key_id: id, day, requests }).execute();
      }
      return sum;
    });
  }

  async usedToday(day: string): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#database.kysely
      .selectFrom("key_usage")
      .selectAll()
      .where("day", "=", day)
      .execute();
    return new Map(rows.map(({ key_id: id, requests }) => [id, requests]));
  }

  async setLastUsed(id: string, at: string): Promise<void> {
    await this.#database.change(async (tx) => {
      await tx.updateTable("keys").set({ last_used_at: at }).where("id", "=", id).execute();
    });
  }

  #now(): string {
    return new Date(performance.timeOrigin + this.#clock.now()).toISOString();
  }

  #line(action: string, { id, requestId }: KeyActor, details: Readonly<Record<string, unknown>>) {
    return { at: this.#now(), actor: id, action, model: "", requestId, details };
  }
}

/** A row as lists show it. */
export function shownKey(row: Row): ShownKey {
  return {
    id: row.id,
    name: row.name,
    role: roleOf(row.role),
    models: JSON.parse(row.models) as string[],
    createdAt: row.created_at,
    createdBy: row.created_by,
    ...(row.expires_at !== null && { expiresAt: row.expires_at }),
    ...(row.requests_per_second !== null && { requestsPerSecond: row.requests_per_second }),
    ...(row.requests_per_day !== null && { requestsPerDay: row.requests_per_day }),
    ...(row.revoked_at !== null && { revokedAt: row.revoked_at }),
    ...(row.last_used_at !== null && { lastUsedAt: row.last_used_at }),
  };
}

/** A row as requests are checked by it. */
export function storedKey(row: Row): StoredKey {
  const { hash, previous_hash: previousHash, previous_until: previousUntil } = row;
  return {
    ...shownKey(row),
    hash,
    ...(previousHash !== null && { previousHash }),
    ...(previousUntil !== null && { previousUntil }),
  };
}

function roleOf(text: string): Role {
  return ROLES.find((role) => role === text) ?? "viewer";
}

function checkExpiry(expiresAt: string | undefined, now: string): void {
  if (expiresAt === undefined || Date.parse(expiresAt) > Date.parse(now)) return;
  throw new PlatformError("invalid_argument", "expiresAt is no time to come", {
    field: "expiresAt",
    got: expiresAt,
    expected: "a time to come, such as 2027-01-31T00:00:00Z",
  });
}

function keyNotFound(id: string): PlatformError {
  return new PlatformError("not_found", `there is no key "${id}"`, { field: "key", got: id });
}

function revoked(id: string): PlatformError {
  return new PlatformError("failed_precondition", `key "${id}" was revoked`, {
    field: "key",
    got: id,
    hint: "make a new one",
  });
}
