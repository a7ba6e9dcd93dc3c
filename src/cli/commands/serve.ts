import { existsSync, statSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { Command } from "commander";
import { PlatformError, systemClock } from "../../base/index.ts";
import { type Config, loadConfig } from "../../config/index.ts";
import type { RunningApp } from "../../server/index.ts";
import { modelsTable } from "../models-table.ts";
import { note, print } from "../output.ts";
import { addressBox, urlOf } from "../serve/addresses.ts";
import { type Examples, exampleCommands, readExamples } from "../serve/examples.ts";
import { followLoads, loadReporter } from "../serve/follow-loads.ts";
import { addSettings, sourcesOf } from "../setting-options.ts";
import { version } from "../version.ts";

const EXAMPLES = `
Examples:
  $ sirve serve models/
  $ sirve serve --data sirve-data
  $ sirve serve models/ --http-port 8081 --version-policy latest:2
  $ SIRVE_LOG_LEVEL=warn sirve serve --config sirve.yaml

Every flag is also a setting of sirve.yaml and a variable SIRVE_…; docs/configuration.md lists them.
SIGTERM and Ctrl-C let running requests end; a second one stops at once.`;

/** `sirve serve`: the server itself, until a signal ends it. */
export function command(): Command {
  const made = new Command("serve")
    .description("Serve a folder of models, or a registry (--data), over REST and gRPC.")
    .argument("[models]", "folder of models (same as --models)")
    .option("--example", "print a request to paste for each model", false)
    .option("--dev", "while you write code: run handlers, and take edits at once", false);
  return addSettings(made).addHelpText("after", EXAMPLES).action(serve);
}

async function serve(
  folder: string | undefined,
  options: { example: boolean; dev: boolean },
  self: Command,
): Promise<void> {
  const config = configOf(folder, self, options.dev);
  const hasRegistry = config.data !== "" || config.databaseUrl !== "";
  if (!hasRegistry) checkFolder(config.models);
  const examples = options.example ? readExamples(config.models) : undefined;
  const { startApp } = await import("../../server/index.ts");
  const app = await startApp(config, { version });
  let isOver = false;
  const finished = app.finished.finally(() => {
    isOver = true;
  });
  print(`${addressBox(version, app, isSecure(config))}\n`);
  // Plain lines go to standard output: standard error holds the log, a JSON object on each line.
  const reporter = process.stderr.isTTY ? loadReporter(note, true) : loadReporter(print, false);
  await followLoads(app.control, reporter, { clock: systemClock, isOver: () => isOver });
  // Now rather than at the end, which may be a kill.
  flushCompileCache();
  if (!isOver) introduce(app, isSecure(config), examples);
  process.exitCode = await finished;
  // Told twice, it does not wait for what still runs.
  if (process.exitCode !== 0) systemClock.after(LAST_WORDS_MS, () => process.exit());
}

const isSecure = ({ tls }: Config) => tls.certFile !== "";

const FIRST_STEPS = `The registry is empty. Add a first model from another terminal:
  sirve add model.onnx --name churn
  sirve models list`;

/** Time for requests that were broken off to be told so, in milliseconds. */
const LAST_WORDS_MS = 300;

/** A mistyped folder would be waited for, and nothing be served. @throws PlatformError `not_found`. */
function checkFolder(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  throw new PlatformError("not_found", `there is no folder of models at ${folder}`, {
    field: "models",
    got: found ? "a file" : "nothing",
    expected: "a folder with <name>/<version>/model.onnx or <name>.onnx",
    hint: "sirve serve DIR serves another folder, which may be empty; sirve serve --data DIR a registry, which sirve add fills",
  });
}

/** Shows what is served, and how to ask for it. */
function introduce(app: RunningApp, hasTls: boolean, examples: Examples | undefined): void {
  const models = app.control.list();
  if (models.length === 0 && app.mode === "registry") {
    print(`\n${FIRST_STEPS}\n`);
    return;
  }
  print(`\n${modelsTable(models)}\n`);
  if (!examples) return;
  const ready = models.filter(({ serving }) => serving !== undefined).map(({ model }) => model);
  const commands = exampleCommands(examples, ready, urlOf(app.http, hasTls));
  print(`\nTry:\n${commands.map((one) => `  ${one}\n`).join("")}`);
}

/** What --dev stands for, where no flag says otherwise. */
const DEV = { "engine.allowCode": true, pollMs: 200 };

function configOf(folder: string | undefined, self: Command, isDev: boolean): Config {
  const given = sourcesOf(self);
  const sources = isDev ? { ...given, flags: { ...DEV, ...given.flags } } : given;
  if (folder === undefined) return withMountedModels(loadConfig(sources), sources);
  if ("models" in sources.flags) {
    throw new PlatformError("invalid_argument", "the folder of models is given twice", {
      field: "--models",
      got: `${folder} and ${String(sources.flags["models"])}`,
      expected: "one of them",
    });
  }
  return loadConfig({ ...sources, flags: { ...sources.flags, models: folder } });
}

/** Where platforms mount a container's models: SageMaker, KServe. */
const MOUNTS = ["/opt/ml/model", "/mnt/models"];

/** With no folder named and none at the default, the one that a platform has mounted is served. */
function withMountedModels(config: Config, sources: ReturnType<typeof sourcesOf>): Config {
  const isElsewhere = config.data !== "" || config.databaseUrl !== "" || config.models !== "models";
  if (isElsewhere || existsSync(config.models)) return config;
  const mounted = MOUNTS.find((path) => existsSync(path));
  if (mounted === undefined) return config;
  return loadConfig({ ...sources, flags: { ...sources.flags, models: mounted } });
}
