import type { Command } from "commander";
import type { SirveClient } from "../client/index.ts";
import { millisText } from "./quantity.ts";
import { safeText } from "./safe-text.ts";
import { renderTable, state } from "./table.ts";

/** What a promotion or a roll back did. */
export type Promotion = Awaited<ReturnType<SirveClient["admin"]["promote"]>>;

/** The checks, and the move with the time that it took. */
export function promotionText({ model, alias, version, previous, checks, swapMs }: Promotion): string {
  const from = previous === undefined ? "" : ` from ${previous}`;
  const move = safeText(`${model}@${alias}${from} to ${version} in ${millisText(swapMs)}`);
  return checks.length === 0 ? move : `${checksTable(checks)}\n\n${move}`;
}

/** One row for each check. */
export function checksTable(checks: Promotion["checks"]): string {
  return renderTable(
    [{ title: "" }, { title: "CHECK" }, { title: "FOUND" }],
    checks.map(({ name, passed, detail }) => [state(passed ? "ok" : "fail"), name, detail]),
  );
}

/** Adds `--alias` and `--reason`. */
export function addMoveOptions(command: Command): Command {
  return command
    .option("--alias <alias>", "the alias to move", "champion")
    .option("--reason <text>", "why, for the audit log");
}
