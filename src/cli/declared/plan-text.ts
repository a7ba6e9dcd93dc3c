import pc from "picocolors";
import { safeText } from "../safe-text.ts";
import type { Change } from "./plan-changes.ts";

/** A plan for people: + new, ~ changed, - gone. */
export function planText(changes: readonly Change[]): string {
  if (changes.length === 0) return "nothing to do: the server holds what is declared";
  return changes.map(changeLine).join("\n");
}

/** One change in one coloured line. */
export function changeLine(change: Change): string {
  const [sign, text] = described(change);
  const color = sign === "+" ? pc.green : sign === "-" ? pc.red : pc.yellow;
  return color(`${sign} ${safeText(text)}`);
}

function described(change: Change): readonly ["+" | "~" | "-", string] {
  if (change.kind === "add-version") {
    return ["+", `version of ${change.model} with ${filesText(change.content)}`];
  }
  if (change.kind === "change-model") return ["~", `${change.model}: description or tags`];
  if (change.kind === "tag-version") return ["~", `${change.model}@${change.version}: tags`];
  if (change.kind === "move-alias") return moveText(change);
  if (change.kind !== "set-endpoint") return ["-", goneText(change)];
  const variants = change.spec.variants.map(({ name, target, weight }) => `${name}=${target}:${weight}`);
  return [change.isNew ? "+" : "~", `endpoint ${change.endpoint}: ${variants.join(" ")}`];
}

function goneText(change: Change & { readonly kind: `delete-${string}` }): string {
  if (change.kind === "delete-endpoint") return `endpoint ${change.endpoint}`;
  if (change.kind === "delete-alias") return `${change.model}@${change.alias}`;
  return change.kind === "delete-version"
    ? `${change.model} version ${change.version}`
    : `${change.model} with all its versions`;
}

function moveText({ model, alias, from, to }: Change & { kind: "move-alias" }): readonly ["+" | "~", string] {
  const target = typeof to === "number" ? String(to) : filesText(to);
  if (from === undefined) return ["+", `${model}@${alias}: → ${target}`];
  return ["~", `${model}@${alias}: ${from} → ${target}`];
}

const filesText = (content: string) =>
  content
    .split("\n")
    .map((line) => line.replace(/:(.{8}).*$/, " $1…"))
    .join(", ");
