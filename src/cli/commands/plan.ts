import { Command } from "commander";
import { addPrintingOptions, type PrintingOptions, withServer } from "../client-options.ts";
import { planChanges } from "../declared/plan-changes.ts";
import { planText } from "../declared/plan-text.ts";
import { actualState, wantedState } from "../declared/states.ts";
import { EXIT } from "../exit-code.ts";
import { note, print, render } from "../output.ts";
import { safeText } from "../safe-text.ts";

interface PlanOptions extends PrintingOptions {
  readonly config: string;
  readonly prune?: true;
}

/** What a pipeline is told when something is to do, as terraform plan -detailed-exitcode does. */
const PENDING = 2;

/** `sirve plan`: what `sirve apply` would change. */
export function command(): Command {
  const made = new Command("plan")
    .description(
      "Show what sirve.yaml would change: ends with 0 for nothing, 2 for something, 1 if an entry is wrong.",
    )
    .option("-c, --config <file>", "settings file whose deploy: declares models and endpoints", "sirve.yaml")
    .option("--prune", "show what apply --prune would delete: all that is not declared");
  return addPrintingOptions(made)
    .addHelpText("after", "\nExample:\n  $ sirve plan --config sirve.yaml -o json")
    .action(plan);
}

async function plan(options: PlanOptions): Promise<void> {
  const { readDeclaration } = await import("../declared/declaration.ts");
  const wanted = await wantedState(readDeclaration(options.config));
  const actual = await withServer(options, actualState);
  const changes = planChanges(wanted, actual, options.prune && wanted.problems.length === 0);
  print(await render({ changes, problems: wanted.problems }, options.output, () => planText(changes)));
  for (const problem of wanted.problems) note(`wrong: ${safeText(problem)}\n`);
  if (wanted.problems.length > 0) process.exitCode = EXIT.failure;
  else if (changes.length > 0) process.exitCode = PENDING;
}
