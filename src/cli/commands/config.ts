import { Command } from "commander";
import {
  type Config,
  configError,
  describeProblem,
  maskSecrets,
  type Origin,
  readConfig,
  type Setting,
  settings,
  valueOf,
} from "../../config/index.ts";
import { EXIT } from "../exit-code.ts";
import { type Format, note, outputOption, print, render } from "../output.ts";
import { safeText } from "../safe-text.ts";
import { addSettings, sourcesOf } from "../setting-options.ts";
import { renderTable } from "../table.ts";

/** `sirve config check|print`. */
export function command(): Command {
  return new Command("config")
    .description("Check or print the configuration in force: default < sirve.yaml < environment < flags.")
    .addCommand(check())
    .addCommand(show())
    .addHelpText("after", "\nExample:\n  $ SIRVE_HTTP_PORT=8081 sirve config print -o yaml > sirve.yaml");
}

function check(): Command {
  const made = new Command("check")
    .summary("say what is wrong, each with file, line and column")
    .addOption(outputOption());
  return addSettings(made)
    .addHelpText("after", "\nExample:\n  $ sirve config check --config sirve.yaml")
    .action(async (options: { output: Format }, self: Command) => {
      const sources = sourcesOf(self);
      const { problems } = readConfig(sources);
      const drawn = () =>
        problems.map((problem) => safeText(describeProblem(problem))).join("\n") || okLine(sources.file);
      print(await render({ ok: problems.length === 0, problems }, options.output, drawn));
      if (problems.length > 0) process.exitCode = EXIT.usage;
    });
}

const okLine = (file: string | undefined) =>
  file === undefined ? "ok: no settings file; environment and flags are right" : `ok: ${safeText(file)}`;

function show(): Command {
  const made = new Command("print")
    .summary("print every setting in force; passwords are masked")
    .addOption(outputOption());
  return addSettings(made)
    .addHelpText("after", "\nExample:\n  $ sirve config print --http-port 0 -o yaml")
    .action(async (options: { output: Format }, self: Command) => {
      const { config, problems, origins } = readConfig(sourcesOf(self));
      if (!config) throw configError(problems);
      const masked = mask(config) as Config;
      print(await render(masked, options.output, () => settingsTable(masked, origins)));
      if (options.output === "table") note("-o yaml prints a settings file\n");
    });
}

function settingsTable(config: Config, origins: ReadonlyMap<string, Origin>): string {
  return renderTable(
    [{ title: "SETTING" }, { title: "VALUE" }, { title: "FROM" }],
    settings.map((setting) => [setting.key, valueText(config, setting), fromText(origins.get(setting.key))]),
  );
}

function valueText(config: Config, setting: Setting): string {
  const value = valueOf(config, setting);
  return typeof value === "string" ? value : JSON.stringify(value);
}

const fromText = (origin: Origin | undefined) => (origin?.where === "" ? "default" : origin?.where);

function mask(value: unknown): unknown {
  if (typeof value === "string") return maskSecrets(value);
  if (Array.isArray(value)) return value.map(mask);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, mask(child)]));
}
