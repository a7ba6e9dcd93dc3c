import type { Command } from "commander";
import pc from "picocolors";
import type { SirveClient } from "../client/index.ts";
import { millisText } from "./quantity.ts";
import { safeText } from "./safe-text.ts";

/** What a promotion or a roll back did. */
export type Promotion = Awaited<ReturnType<SirveClient["admin"]["promote"]>>;

/** The checks, and the move with the time that it took. */
export function promotionText({ model, alias, version, previous, checks, swapMs }: Promotion): string {
  const from = previous === undefined ? "" : ` from ${previous}`;
  const move = safeText(`${model}@${alias}${from} to ${version} in ${millisText(swapMs)}`);
  return checks.length === 0 ? move : `${checksText(checks)}\n\n${move}`;
}

/** A ticked line for each check that passed, a crossed one for each that did not. */
export function checksText(checks: Promotion["checks"]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks
    .map(({ name, passed, detail, ms }) => {
      const took = ms === undefined || / \d+ ms$/.test(detail) ? "" : pc.dim(` (${millisText(ms)})`);
      return `${passed ? pc.green("✓") : pc.red("✗")} ${name.padEnd(width)}  ${safeText(detail)}${took}`;
    })
    .join("\n");
}

/** Adds `--alias` and `--reason`. */
export function addMoveOptions(command: Command): Command {
  return command
    .option("--alias <alias>", "the alias to move", "champion")
    .option("--reason <text>", "why, for the audit log");
}
