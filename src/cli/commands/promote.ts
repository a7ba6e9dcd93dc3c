import { Command } from "commander";
import { PlatformError } from "../../base/index.ts";
import { addPrintingOptions, type PrintingOptions, withServer } from "../client-options.ts";
import { EXIT } from "../exit-code.ts";
import { modelTarget, type Target } from "../model-target.ts";
import { print, render } from "../output.ts";
import { addMoveOptions, checksText, promotionText } from "../promotion-text.ts";

interface PromoteOptions extends PrintingOptions {
  readonly alias: string;
  readonly reason?: string;
  readonly force?: true;
  readonly dryRun?: true;
}

/** `sirve promote`: moves an alias to a version once its checks pass. */
export function command(): Command {
  const made = new Command("promote")
    .description("Make a version the champion of its model, or move another alias to it.")
    .argument("<model@version>", "such as churn@7", modelTarget)
    .option("--force", "even if clients would break or golden rows differ; it must load all the same")
    .option("--dry-run", "run the checks only; ends with 1 if one fails");
  return addPrintingOptions(addMoveOptions(made))
    .addHelpText(
      "after",
      "\nExamples:\n  $ sirve promote churn@7 --dry-run\n  $ sirve promote churn@7 --reason 'better recall'\n  $ sirve promote churn@8 --alias challenger",
    )
    .action(promote);
}

async function promote({ model, version }: Target, options: PromoteOptions): Promise<void> {
  if (version === undefined) {
    throw new PlatformError("invalid_argument", "promote needs a version", {
      field: "model@version",
      got: model,
      expected: `${model}@N`,
      hint: `sirve models versions ${model} lists them`,
    });
  }
  const { alias, reason } = options;
  if (options.dryRun) {
    const call = { params: { model, version }, body: { alias } };
    const checked = await withServer(options, async ({ admin }) => admin.checkVersion(call));
    print(await render(checked, options.output, () => checksText(checked.checks)));
    if (!checked.passed) process.exitCode = EXIT.failure;
    return;
  }
  const body = { version, alias, force: options.force ?? false, ...(reason !== undefined && { reason }) };
  const moved = await withServer(options, async ({ admin }) => admin.promote({ params: { model }, body }));
  print(await render(moved, options.output, () => promotionText(moved)));
}
