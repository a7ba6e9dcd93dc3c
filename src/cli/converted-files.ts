import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import pc from "picocolors";
import { PlatformError } from "../base/index.ts";
import { loadConfig, processEnvironment } from "../config/index.ts";
import type { Imported } from "../server/index.ts";
import { note } from "./output.ts";
import { safeText } from "./safe-text.ts";

/** What a user chooses about a conversion. */
export interface ConversionOptions {
  /** Trees of the first rounds only. */
  readonly rounds?: number;
  /** Whether a pickle may be opened, which runs what is in it. */
  readonly allowCode?: boolean;
  /** Rows of the user's own to compare on as well. */
  readonly samples?: string;
}

/** What is added: the path given, or a folder of what it was converted into. */
export interface ConvertedFiles {
  readonly path: string;
  /** The original beside it, by the name that it gets; none where it is a folder. */
  readonly extra: Readonly<Record<string, string>>;
  readonly remove: () => Promise<void>;
}

/**
 * Files of a version: those at `path`, or what a model of another library there is converted into.
 *
 * @throws PlatformError if it cannot be converted, or an option is given for what is not.
 */
export async function convertedFiles(path: string, options: ConversionOptions): Promise<ConvertedFiles> {
  const { isSavedModel } = await import("../server/index.ts");
  const isOneFile = await isFile(path);
  if (extname(path) === ".onnx" || !(isOneFile || (await isSavedModel(path)))) return asItIs(path, options);
  const folder = await mkdtemp(join(tmpdir(), "sirve-convert-"));
  const remove = async () => rm(folder, { recursive: true, force: true });
  try {
    const imported = await convertInto(folder, path, options);
    if (imported) return { path: folder, extra: isOneFile ? { [sourceName(path)]: path } : {}, remove };
  } catch (thrown) {
    await remove();
    throw thrown;
  }
  await remove();
  return asItIs(path, options);
}

/**
 * Converts a file into `model.onnx` and `model.json` in `folder`, and says how it compares with the original;
 * undefined if it needs no conversion.
 *
 * @throws PlatformError if it cannot be converted.
 */
export async function convertInto(
  folder: string,
  path: string,
  { rounds, allowCode = false, samples }: ConversionOptions,
): Promise<Imported | undefined> {
  const { importFormat, importInPython, importModel } = await import("../server/index.ts");
  const format = await importFormat(path, allowCode);
  if (format === undefined) return undefined;
  const config = loadConfig({ env: processEnvironment(), flags: {} });
  const imported =
    typeof format === "string"
      ? await importModel(config, { path, format, folder, samples, options: { rounds } })
      : await importInPython(config, { path, version: undefined, ...format, folder, samples });
  const { source, verified, given, notes, takes, drawn } = imported;
  tick(`read       ${source.format} ${source.version}, ${source.objective}, ${takes}`);
  tick(`converted  differs by at most ${shown(verified)} on ${verified.rows} rows ${drawn}`);
  if (given) tick(`samples    differs by at most ${shown(given)} on ${given.rows} rows of ${samples}`);
  for (const one of notes) note(`${pc.yellow("!")} ${safeText(one)}\n`);
  return imported;
}

const shown = ({ largestError }: Imported["verified"]) => largestError.toExponential(1);

/** The original's name in a version. */
export const sourceName = (path: string): string =>
  `source${/^\.\w{1,10}$/.test(extname(path)) ? extname(path) : ".model"}`;

const isFile = async (path: string) =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

function asItIs(path: string, { rounds, samples }: ConversionOptions): ConvertedFiles {
  const wrong = (field: string, problem: string) =>
    new PlatformError("invalid_argument", `${field} ${problem}`, { field, got: path });
  if (rounds !== undefined) throw wrong("--rounds", "is read by models of XGBoost and LightGBM");
  if (samples !== undefined) throw wrong("--samples", "is for models that are converted");
  return { path, extra: {}, remove: async () => {} };
}

const tick = (text: string) => note(`${pc.green("✓")} ${safeText(text)}\n`);
