import type { AuditEntry, Page, Paged } from "./contract.ts";
import { paged, startOf } from "./cursor.ts";
import type { Reading } from "./find.ts";
import { invalid } from "./refusals.ts";
import { auditEntry } from "./rows.ts";

/** What of the audit log is wanted. */
export type AuditPage = Page & {
  readonly model?: string | undefined;
  readonly action?: string | undefined;
};

/** Newest first. */
export async function listAudit(tx: Reading, page: AuditPage): Promise<Paged<AuditEntry>> {
  const after = startOf(page, "number");
  let query = tx
    .selectFrom("audit")
    .selectAll()
    .orderBy("id", "desc")
    .limit(page.limit + 1);
  if (page.model !== undefined) query = query.where("model", "=", withoutNul("model", page.model));
  if (page.action !== undefined) query = query.where("action", "=", withoutNul("action", page.action));
  if (after !== undefined) query = query.where("id", "<", after);
  return paged(await query.execute(), page, ({ id }) => id, auditEntry);
}

function withoutNul(field: string, text: string): string {
  if (text.includes("\0")) throw invalid(field, text, "text without NUL");
  return text;
}

/** Oldest first. */
export async function listChanges(tx: Reading, after: number, limit: number): Promise<readonly AuditEntry[]> {
  const rows = await tx
    .selectFrom("audit")
    .selectAll()
    .where("id", ">", after)
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(auditEntry);
}
