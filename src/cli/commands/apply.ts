import { Command } from "commander";
import type { SirveClient } from "../../client/index.ts";
import { addPrintingOptions, type PrintingOptions, withServer } from "../client-options.ts";
import { confirm } from "../confirm.ts";
import { applyChange } from "../declared/apply-change.ts";
import { type Change, planChanges } from "../declared/plan-changes.ts";
import { changeLine, planText } from "../declared/plan-text.ts";
import { actualState, type Wanted, wantedState } from "../declared/states.ts";
import { EXIT } from "../exit-code.ts";
import { note, print, render } from "../output.ts";
import { safeText } from "../safe-text.ts";

interface ApplyOptions extends PrintingOptions {
  readonly config: string;
  readonly prune?: true;
  readonly yes: boolean;
}

/** `sirve apply`: makes a server what `deploy:` declares. */
export function command(): Command {
  const made = new Command("apply")
    .description(
      "Make a registry what sirve.yaml declares. A second one does nothing; one bad entry stops no other.",
    )
    .option("-c, --config <file>", "settings file whose deploy: declares models and endpoints", "sirve.yaml")
    .option("--prune", "delete what is not declared, after asking")
    .option("--yes", "do not ask before deletions, as without a terminal", false);
  return addPrintingOptions(made)
    .addHelpText("after", "\nExamples:\n  $ sirve apply\n  $ sirve apply -c production.yaml --prune --yes")
    .action(apply);
}

interface Outcome {
  readonly change: Change;
  readonly error?: string;
}

async function apply(options: ApplyOptions): Promise<void> {
  const { readDeclaration } = await import("../declared/declaration.ts");
  const wanted = await wantedState(readDeclaration(options.config));
  const outcomes = await withServer(options, async (server) => {
    // A wrong entry is not told from a missing one, so nothing is deleted while there is one.
    const prune = options.prune && wanted.problems.length === 0;
    const changes = planChanges(wanted, await actualState(server), prune);
    const gone = changes.filter(({ kind }) => kind.startsWith("delete-")).length;
    if (gone > 0) await confirm(`${planText(changes)}\ndelete ${gone}?`, options.yes);
    return applyAll(server, changes, wanted);
  });
  const { problems } = wanted;
  print(
    await render({ outcomes, problems }, options.output, () =>
      outcomes.length === 0 ? planText([]) : outcomes.map(outcomeLine).join("\n"),
    ),
  );
  for (const problem of problems) note(`wrong: ${safeText(problem)}\n`);
  const hasFailed = outcomes.some(({ error }) => error !== undefined);
  if (problems.length > 0 || hasFailed) process.exitCode = EXIT.failure;
}

async function applyAll(
  server: SirveClient,
  changes: readonly Change[],
  wanted: Wanted,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const change of changes) {
    try {
      await applyChange(server, change, wanted);
      outcomes.push({ change });
    } catch (thrown) {
      outcomes.push({ change, error: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  }
  return outcomes;
}

const outcomeLine = ({ change, error }: Outcome) =>
  error === undefined ? changeLine(change) : `${changeLine(change)}\n  failed: ${safeText(error)}`;
