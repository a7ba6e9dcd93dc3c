import { createReadStream, statSync } from "node:fs";
import { Command } from "commander";
import { PlatformError } from "../../base/index.ts";
import { loadConfig, processEnvironment } from "../../config/index.ts";
import { type Format, outputOption, print, render } from "../output.ts";
import { showTable } from "../show-table.ts";

/** `sirve restore`: a backup into an empty data directory. */
export function command(): Command {
  return new Command("restore")
    .description(
      "Restore a backup into an empty data directory, whole or not at all; no server may run on it.",
    )
    .argument("<in.tar>", "archive that sirve backup wrote")
    .requiredOption("--data <folder>", "the data directory to make")
    .addOption(outputOption())
    .addHelpText("after", "\nExample:\n  $ sirve restore sirve.tar --data sirve-data")
    .action(async (path: string, options: { readonly data: string; readonly output: Format }) => {
      if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
        throw new PlatformError("not_found", `the backup ${path} cannot be read`, {
          field: "in.tar",
          got: path,
        });
      }
      const { restoreData } = await import("../../server/index.ts");
      const config = loadConfig({ env: processEnvironment(), flags: { data: options.data } });
      const restored = await restoreData(config, createReadStream(path));
      print(await render(restored, options.output, () => showTable(restored)));
    });
}
