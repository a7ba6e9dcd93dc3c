import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import pc from "picocolors";
import { PlatformError } from "../base/index.ts";
import { loadConfig, processEnvironment } from "../config/index.ts";
import { note } from "./output.ts";
import { safeText } from "./safe-text.ts";

/** What is added: the path given, or a folder of what it was converted into. */
export interface ConvertedFiles {
  readonly path: string;
  /** The original beside it, by the name that it gets. */
  readonly extra: Readonly<Record<string, string>>;
  readonly remove: () => Promise<void>;
}

/**
 * Converts a model of another library into files of a version, and says how it compares with the original.
 *
 * @throws PlatformError if it cannot be converted, or `rounds` is given for what is not.
 */
export async function convertedFiles(
  path: string,
  { rounds }: { readonly rounds?: number },
): Promise<ConvertedFiles> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  const { importFormat, importModel } = await import("../server/index.ts");
  const format = isFile ? await importFormat(path) : undefined;
  if (format === undefined) {
    if (rounds !== undefined) throw noRounds(path);
    return { path, extra: {}, remove: async () => {} };
  }
  const folder = await mkdtemp(join(tmpdir(), "sirve-convert-"));
  const remove = async () => rm(folder, { recursive: true, force: true });
  try {
    const config = loadConfig({ env: processEnvironment(), flags: {} });
    const imported = await importModel(config, { path, format, folder, options: { rounds } });
    const { source, verified, notes, features } = imported;
    tick(`read       ${source.format} ${source.version}, ${source.objective}, ${features} columns`);
    tick(
      `converted  differs by at most ${verified.largestError.toExponential(1)} on ${verified.rows} rows at the model's own edges`,
    );
    for (const one of notes) note(`${pc.yellow("!")} ${safeText(one)}\n`);
    return { path: folder, extra: { [`source${extname(path) || ".txt"}`]: path }, remove };
  } catch (thrown) {
    await remove();
    throw thrown;
  }
}

const tick = (text: string) => note(`${pc.green("✓")} ${safeText(text)}\n`);

function noRounds(path: string): PlatformError {
  return new PlatformError("invalid_argument", "--rounds is read by models of XGBoost and LightGBM", {
    field: "--rounds",
    got: path,
  });
}
