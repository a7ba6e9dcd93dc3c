import { Command } from "commander";
import { PlatformError } from "../../base/index.ts";
import type { SirveClient } from "../../client/index.ts";
import { isModelName, NAME_RULE } from "../../model/index.ts";
import { type LocalFile, localFiles, uploadFiles } from "../artifact-files.ts";
import { addPrintingOptions, type PrintingOptions, positiveInteger, withServer } from "../client-options.ts";
import { convertedFiles } from "../converted-files.ts";
import { gitCommit } from "../git-commit.ts";
import { onInterrupt } from "../interrupt.ts";
import { figures, named } from "../model-target.ts";
import { print, render } from "../output.ts";
import { checksText } from "../promotion-text.ts";
import { bytesText } from "../quantity.ts";
import { safeText } from "../safe-text.ts";
import { uploadBar } from "../upload-bar.ts";

interface AddOptions extends PrintingOptions {
  readonly name: string;
  readonly alias?: string;
  readonly metrics?: Record<string, number>;
  readonly tag?: Record<string, string>;
  readonly dataRef?: string;
  readonly codeRef?: string;
  readonly runRef?: string;
  readonly parent?: number;
  readonly golden?: string;
  readonly manifest?: string;
  readonly rounds?: number;
  readonly allowCode: boolean;
  readonly samples?: string;
  readonly description?: string;
  readonly git: boolean;
}

/** `sirve add`: uploads files and registers them as the next version of a model. */
export function command(): Command {
  const made = new Command("add")
    .description("Add a model file, or a folder of files, as a model's next version.")
    .argument(
      "<path>",
      "an .onnx file, one of XGBoost, LightGBM, CatBoost, scikit-learn, PyTorch or TensorFlow, or a folder with model.onnx and what belongs to it",
    )
    .requiredOption("--name <model>", "the model, which the first version makes")
    .option("--alias <alias>", "move this alias to the new version")
    .option("--metrics <name=number>", "a figure of quality, such as auc=0.83; may be repeated", figures)
    .option("--tag <name=text>", "such as team=risk; may be repeated", named)
    .option("--data-ref <text>", "the training data: a path, address or digest")
    .option("--code-ref <text>", "the code (default: the commit, inside a git repository)")
    .option("--run-ref <text>", "the training run")
    .option("--parent <n>", "the version it was made from", positiveInteger)
    .option("--golden <file>", "requests with the answers they must have, checked at promotion")
    .option("--manifest <file>", "model.json: preparation, columns, batching")
    .option(
      "--rounds <n>",
      "of a model of XGBoost or LightGBM: the trees of the first rounds only",
      positiveInteger,
    )
    .option(
      "--allow-code",
      "open a model of scikit-learn, PyTorch or TensorFlow, which runs what is in it, and convert it",
      false,
    )
    .option(
      "--samples <file>",
      "rows to compare a converted model and its original on: CSV, JSON, .npy or .npz",
    )
    .option("--description <text>", "of the model, if it is new")
    .option("--no-git", "do not note the commit");
  return addPrintingOptions(made)
    .addHelpText(
      "after",
      "\nExamples:\n  $ sirve add model.onnx --name churn\n  $ sirve add model.ubj --name churn              # of XGBoost: converted, and compared with the original\n  $ sirve add build/churn --name churn --alias challenger --metrics auc=0.83",
    )
    .action(add);
}

async function add(given: string, options: AddOptions): Promise<void> {
  checkName(options.name);
  const converted = await convertedFiles(given, options);
  try {
    await addFiles(converted.path, { ...converted.extra, ...extraFiles(options) }, given, options);
  } finally {
    await converted.remove();
  }
}

const extraFiles = ({ golden, manifest }: AddOptions) => ({
  ...(golden !== undefined && { "golden.json": golden }),
  ...(manifest !== undefined && { "model.json": manifest }),
});

async function addFiles(
  path: string,
  extra: Readonly<Record<string, string>>,
  given: string,
  options: AddOptions,
): Promise<void> {
  const files = await localFiles(path, extra);
  const code = options.codeRef ?? (options.git ? await gitCommit(given) : undefined);
  const interrupt = onInterrupt();
  try {
    const { stop: signal } = interrupt;
    const added = await withServer(options, async (server) => {
      await expectRegistry(server);
      await uploadFiles(server, files, { progress: uploadBar(), signal });
      return server.admin.addVersion(callOf(files, code, options), { signal });
    });
    print(await render(added, options.output, () => addedText(added)));
  } finally {
    interrupt.release();
  }
}

/** Before a large file is sent for nothing. @throws PlatformError if no model is called so. */
function checkName(name: string): void {
  if (isModelName(name)) return;
  const details = { field: "--name", got: name, expected: NAME_RULE };
  throw new PlatformError("invalid_argument", "--name is no name of a model", details);
}

async function expectRegistry({ admin }: SirveClient): Promise<void> {
  const { mode } = await admin.showServer({});
  if (mode !== "folder") return;
  throw new PlatformError(
    "failed_precondition",
    "this server serves a folder, which takes files as they are put there",
    {
      field: "--url",
      hint: "start one with a registry: sirve serve --data DIR. Or copy the file to MODELS/<name>/<version>/model.onnx",
    },
  );
}

function callOf(files: readonly LocalFile[], code: string | undefined, options: AddOptions) {
  return {
    params: { model: options.name },
    body: {
      files: files.map(({ name, digest, bytes }) => ({ name, digest, bytes })),
      lineage: {
        ...(options.dataRef !== undefined && { data: options.dataRef }),
        ...(code !== undefined && { code }),
        ...(options.runRef !== undefined && { run: options.runRef }),
        ...(options.parent !== undefined && { parent: options.parent }),
      },
      ...(options.alias !== undefined && { alias: options.alias }),
      ...(options.metrics && { metrics: options.metrics }),
      ...(options.tag && { tags: options.tag }),
      ...(options.description !== undefined && { description: options.description }),
    },
  };
}

type Added = Awaited<ReturnType<SirveClient["admin"]["addVersion"]>>;

function addedText({ model, version, digest, files, bytes, aliases, existed, checks }: Added): string {
  const isChampion = aliases.includes("champion");
  const hasFailed = checks.some(({ passed }) => !passed);
  const next = isChampion ? `sirve predict ${model} --input FILE` : `sirve promote ${model}@${version}`;
  const lines = [
    `${model} version ${version} ${existed ? "was there already, nothing was added" : "added"}`,
    `digest  ${digest}`,
    `files   ${files.length}, ${bytesText(bytes)}`,
    `aliases ${aliases.join(", ") || "none"}`,
    `next    ${next}${!isChampion && hasFailed ? ", which refuses as long as a check fails" : ""}`,
  ];
  return `${checksText(checks)}\n\n${lines.map(safeText).join("\n")}`;
}
