import { InvalidArgumentError } from "commander";

/** A model, and what stands behind its "@". */
export interface Target {
  readonly model: string;
  readonly version?: number;
}

/** Reads "churn@7" or "churn". */
export function modelTarget(text: string): Target {
  const [, model, version] = /^([^@]+)(?:@([1-9]\d{0,14}))?$/.exec(text) ?? [];
  if (model === undefined) throw new InvalidArgumentError('expected MODEL@VERSION, such as "churn@7".');
  return { model, ...(version !== undefined && { version: Number(version) }) };
}

/** Collects options "NAME=VALUE" into a record. */
export function named(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("expected NAME=VALUE.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Collects options "NAME=NUMBER". */
export function figures(text: string, before: Readonly<Record<string, number>> = {}): Record<string, number> {
  const at = text.indexOf("=");
  const [name, value] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || value.trim() === "" || !Number.isFinite(Number(value))) {
    throw new InvalidArgumentError("expected NAME=NUMBER, such as auc=0.83.");
  }
  return { ...before, [name]: Number(value) };
}

/** Collects the values of an option that may be repeated. */
export const repeated = (text: string, before: readonly string[] = []): string[] => [...before, text];
