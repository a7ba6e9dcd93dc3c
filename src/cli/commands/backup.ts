import { createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Command } from "commander";
import { PlatformError } from "../../base/index.ts";
import { loadConfig, processEnvironment } from "../../config/index.ts";
import { addPrintingOptions, type PrintingOptions, withServer } from "../client-options.ts";
import { print, render } from "../output.ts";
import { bytesText } from "../quantity.ts";
import { safeText } from "../safe-text.ts";

interface BackupOptions extends PrintingOptions {
  readonly data?: string;
}

/** `sirve backup`: a whole registry in one archive. */
export function command(): Command {
  const made = new Command("backup")
    .description("Write everything that a registry holds into one tar archive.")
    .argument("<out.tar>", "archive to write")
    .option(
      "--data <folder>",
      "of this data directory, on which no server runs, instead of a running server",
    );
  return addPrintingOptions(made)
    .addHelpText(
      "after",
      "\nExamples:\n  $ sirve backup sirve.tar\n  $ sirve backup sirve.tar --data sirve-data",
    )
    .action(backup);
}

async function backup(path: string, options: BackupOptions): Promise<void> {
  if (options.data !== undefined) {
    const { backupData } = await import("../../server/index.ts");
    const config = loadConfig({ env: processEnvironment(), flags: { data: options.data } });
    await write(path, Readable.from(backupData(config)));
  } else {
    await withServer(options, async (server) => {
      const body = await server.backup();
      if (body === null) throw new PlatformError("internal", "the server sent no backup");
      await write(path, Readable.fromWeb(body));
    });
  }
  const { size: bytes } = await stat(path);
  const written = () => `wrote ${safeText(path)}, ${bytesText(bytes)}`;
  print(await render({ file: path, bytes }, options.output, written));
}

/** Under another name until it is whole, so that half an archive is never taken for one. */
async function write(path: string, from: Readable): Promise<void> {
  const part = `${path}.part`;
  try {
    await pipeline(from, createWriteStream(part, { mode: 0o600 }));
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}
