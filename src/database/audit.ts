import type { Kysely, Transaction } from "kysely";
import type { Tables } from "./schema.ts";

/** A line for the audit log, before it has its number. */
export interface AuditLine {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly actor: string;
  /** Such as "alias.move", "key.create". */
  readonly action: string;
  /** The model or endpoint concerned; "" for none. */
  readonly model: string;
  readonly requestId: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * Writes a line of the audit log and returns its number. Only within {@link Database.change}, where
 * nobody else writes: numbers have no gaps and follow the order of commits.
 */
export async function appendAudit(tx: Transaction<Tables>, line: AuditLine): Promise<number> {
  const id = (await lastAuditId(tx)) + 1;
  await tx
    .insertInto("audit")
    .values({
      id,
      at: line.at,
      actor: line.actor,
      action: line.action,
      model: line.model,
      request_id: line.requestId,
      details: JSON.stringify(line.details),
    })
    .execute();
  return id;
}

/** The number of the last line; 0 before the first. */
export async function lastAuditId(db: Kysely<Tables>): Promise<number> {
  const row = await db
    .selectFrom("audit")
    .select((all) => all.fn.max<number | null>("id").as("id"))
    .executeTakeFirst();
  return row?.id ?? 0;
}
