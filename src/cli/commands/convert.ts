import { copyFile, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Command } from "commander";
import { PlatformError } from "../../base/index.ts";
import type { Imported } from "../../server/index.ts";
import { positiveInteger } from "../client-options.ts";
import { type ConversionOptions, convertInto, sourceName } from "../converted-files.ts";
import { type Format, outputOption, print, render } from "../output.ts";
import { safeText } from "../safe-text.ts";

interface ConvertOptions extends ConversionOptions {
  readonly out: string;
  readonly output: Format;
}

/** `sirve convert`: a model of another library as a folder that can be served or added. */
export function command(): Command {
  return new Command("convert")
    .description(
      "Convert a model of XGBoost, LightGBM, CatBoost, scikit-learn, PyTorch or TensorFlow into a version's folder, compared with the original.",
    )
    .argument("<path>", "the file, or SavedModel's folder, that the library saved")
    .requiredOption("--out <path>", "new directory, such as models/churn/1")
    .option(
      "--allow-code",
      "open a model of scikit-learn, PyTorch or TensorFlow, which runs what is in it",
      false,
    )
    .option("--samples <file>", "rows to compare it and its original on as well: CSV, JSON, .npy or .npz")
    .option("--rounds <n>", "the trees of the first rounds only", positiveInteger)
    .addOption(outputOption())
    .addHelpText(
      "after",
      "\nExample:\n  $ sirve convert model.ubj --out models/churn/1 && sirve serve models",
    )
    .action(convert);
}

async function convert(path: string, options: ConvertOptions): Promise<void> {
  const out = resolve(options.out);
  await refuseUsed(out, options.out);
  await mkdir(dirname(out), { recursive: true });
  const part = await mkdtemp(join(dirname(out), ".convert-"));
  try {
    const imported = await convertInto(part, path, options);
    if (!imported) throw notOfALibrary(path);
    const isOneFile = (await stat(path)).isFile();
    if (isOneFile) await copyFile(path, join(part, sourceName(path)));
    await rm(out, { recursive: true, force: true });
    await rename(part, out);
    print(await render(imported, options.output, () => writtenText(options.out, imported, isOneFile)));
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

const writtenText = (out: string, { source }: Imported, hasOriginal: boolean) =>
  `wrote ${safeText(out)}: model.onnx${hasOriginal ? `, model.json and the original of ${safeText(source.format)}` : " and model.json"}\n`;

async function refuseUsed(path: string, given: string): Promise<void> {
  const entries = await readdir(path).catch((error: NodeJS.ErrnoException) =>
    error.code === "ENOENT" ? [] : [error.code ?? "something"],
  );
  if (entries.length === 0) return;
  throw new PlatformError("already_exists", `${given} is not empty`, {
    field: "--out",
    got: given,
    expected: "a folder that is empty or does not exist",
  });
}

function notOfALibrary(path: string): PlatformError {
  return new PlatformError("invalid_argument", `${path} is no model that needs to be converted`, {
    field: "path",
    got: path,
    expected: "a file that XGBoost, LightGBM, CatBoost, scikit-learn, PyTorch or TensorFlow saved",
    hint: "ONNX files are served as they are: models/<name>/<version>/model.onnx",
  });
}
