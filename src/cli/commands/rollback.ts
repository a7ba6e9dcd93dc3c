import { Command } from "commander";
import { addPrintingOptions, type PrintingOptions, positiveInteger, withServer } from "../client-options.ts";
import { print, render } from "../output.ts";
import { addMoveOptions, promotionText } from "../promotion-text.ts";

interface RollbackOptions extends PrintingOptions {
  readonly alias: string;
  readonly reason?: string;
  readonly to?: number;
}

/** `sirve rollback`: moves an alias back to where it stood. */
export function command(): Command {
  const made = new Command("rollback")
    .description("Move a model's champion, or another alias, back to where it stood before.")
    .argument("<model>", "such as churn")
    .option("--to <n>", "back to this version (default: one step)", positiveInteger);
  return addPrintingOptions(addMoveOptions(made))
    .addHelpText("after", "\nExamples:\n  $ sirve rollback churn\n  $ sirve rollback churn --to 5")
    .action(async (model: string, options: RollbackOptions) => {
      const { alias, reason, to } = options;
      const body = { alias, ...(reason !== undefined && { reason }), ...(to !== undefined && { to }) };
      const moved = await withServer(options, async ({ admin }) =>
        admin.rollback({ params: { model }, body }),
      );
      print(await render(moved, options.output, () => promotionText(moved)));
    });
}
