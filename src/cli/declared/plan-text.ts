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
  switch (change.kind) {
    case "add-version":
      return ["+", `version of ${change.model} with ${filesText(change.content)}`];
    case "change-model":
      return ["~", `${change.model}: description or tags`];
    case "tag-version":
      return ["~", `${change.model}@${change.version}: tags`];
    case "move-alias":
      return moveText(change);
    case "set-endpoint": {
      const variants = change.spec.variants.map(({ name, target, weight }) => `${name}=${target}:${weight}`);
      return [change.isNew ? "+" : "~", `endpoint ${change.endpoint}: ${variants.join(" ")}`];
    }
    case "delete-endpoint":
    case "delete-alias":
    case "delete-version":
    case "delete-model":
      return ["-", goneText(change)];
  }
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
