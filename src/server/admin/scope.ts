import { PlatformError } from "../../base/index.ts";
import type { Caller } from "../../model/index.ts";

/** Whether every model exists for the caller. */
export const isUnscoped = ({ models }: Caller): boolean => models === undefined || models.includes("*");

/**
 * Nobody gives, or gets by a key of others, more models than exist for themselves.
 *
 * @throws PlatformError `permission_denied`.
 */
export function checkPatterns(caller: Caller, patterns: readonly string[]): void {
  const beyond = patterns.find((pattern) => !covers(caller, pattern));
  if (beyond === undefined) return;
  throw new PlatformError("permission_denied", `"${beyond}" reaches beyond the caller's own models`, {
    field: "models",
    got: beyond,
    expected: `within ${(caller.models ?? []).join(", ")}`,
  });
}

/** What concerns everything is for callers for whom everything exists. @throws PlatformError `permission_denied`. */
export function checkUnscoped(caller: Caller, what: string): void {
  if (isUnscoped(caller)) return;
  throw new PlatformError("permission_denied", `${what} holds more than the caller's models`, {
    field: "models",
    got: (caller.models ?? []).join(", "),
    expected: "*",
  });
}

function covers(caller: Caller, pattern: string): boolean {
  if (isUnscoped(caller) || caller.models?.includes(pattern)) return true;
  return !pattern.includes("*") && caller.mayUse(pattern);
}
