import type { Clock } from "../base/index.ts";
import { appendAudit, type Database, type Tables, type Transaction } from "../database/index.ts";
import type { Actor } from "./contract.ts";

/** One change of the records: all that is done in it becomes true together, with its lines in the audit log. */
export interface Change {
  readonly tx: Transaction<Tables>;
  /** When, ISO 8601 in UTC. */
  readonly at: string;
  /** Who. */
  readonly by: string;
  /** Writes a line of the audit log; its number is the new revision of what was changed. */
  note(action: string, model: string, details: Readonly<Record<string, unknown>>): Promise<number>;
}

/** Runs `work` as one change. */
export async function makeChange<T>(
  database: Database,
  clock: Clock,
  actor: Actor,
  work: (change: Change) => Promise<T>,
): Promise<T> {
  // Names come from tokens and headers of others, and PostgreSQL keeps no NUL.
  const [by, requestId] = [actor.id, actor.requestId].map((text) => text.replaceAll("\0", "\uFFFD")) as [
    string,
    string,
  ];
  return await database.change(async (tx) => {
    const at = timestamp(clock);
    return await work({
      tx,
      at,
      by,
      note: (action, model, details) => appendAudit(tx, { at, actor: by, action, model, requestId, details }),
    });
  });
}

/** Now, ISO 8601 in UTC. */
const timestamp = (clock: Clock): string => isoTime(clock.now());

/** A moment of a clock, ISO 8601 in UTC. */
export const isoTime = (ms: number): string => new Date(performance.timeOrigin + ms).toISOString();
