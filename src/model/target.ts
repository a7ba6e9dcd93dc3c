import { isModelName, parseVersion } from "./name.ts";

/** The grammar of alias names: never what could be taken for a version. */
export const ALIAS_PATTERN: RegExp = /^(?![0-9]+$)[a-z0-9][a-z0-9._-]{0,63}$/;

/** The same in words. */
export const ALIAS_RULE = "1 to 64 lower-case letters, digits, '.', '_' or '-', not a number alone";

/** The grammar of a {@link ModelTarget}, in words. */
export const TARGET_RULE = 'a model, perhaps at an alias or version: "churn", "churn@challenger", "churn@7"';

/** The alias that a model's own name answers with. */
export const CHAMPION = "champion";

/** Whether `text` may name an alias. */
export function isAliasName(text: string): boolean {
  return ALIAS_PATTERN.test(text);
}

/** What a name on the wire or in an endpoint stands for: a model's champion, another alias, or one version. */
export interface ModelTarget {
  readonly model: string;
  /** Undefined if a version is named. */
  readonly alias?: string;
  readonly version?: number;
}

/** Reads "churn", "churn@challenger" or "churn@7"; undefined if `text` is none of them. */
export function parseModelTarget(text: string): ModelTarget | undefined {
  const at = text.indexOf("@");
  const model = at < 0 ? text : text.slice(0, at);
  if (!isModelName(model)) return undefined;
  if (at < 0) return { model, alias: CHAMPION };
  const which = text.slice(at + 1);
  const version = parseVersion(which);
  if (version !== undefined) return { model, version };
  return isAliasName(which) ? { model, alias: which } : undefined;
}
