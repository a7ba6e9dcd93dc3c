import type { Promotion } from "../../admin/index.ts";
import type { Actor, AuditEntry, Registry } from "../../registry/index.ts";

/** How far back a repeated request is looked for. */
const MOVES = 100;

/** What a move of an alias says in the audit log of the request that made it. */
export const onceIn = ({ once }: Actor): { readonly once?: string } => (once === undefined ? {} : { once });

/**
 * The move that this very request has made already, on a server that was gone before it could answer: making it
 * again would go a step further back, or undo what came after.
 */
export async function madeBefore(
  registry: Pick<Registry, "audit">,
  { model, alias }: Pick<Promotion, "model" | "alias">,
  { once }: Actor,
): Promise<Promotion | undefined> {
  if (once === undefined) return undefined;
  const { items } = await registry.audit({ limit: MOVES, model, action: "alias.move" });
  const made = items.find(({ details }) => details["once"] === once && details["alias"] === alias);
  return made && promotionOf(model, made);
}

function promotionOf(model: string, { details }: AuditEntry): Promotion {
  const { alias, from, to } = details;
  const previous = typeof from === "number" ? { previous: from } : {};
  return { model, alias: String(alias), version: Number(to), ...previous, checks: [], swapMs: 0 };
}
