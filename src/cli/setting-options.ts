import { type Command, Option } from "commander";
import {
  type ConfigSources,
  findSettingsFile,
  processEnvironment,
  type Setting,
  settings,
  splitList,
} from "../config/index.ts";

type FlagValue = string | boolean | readonly string[];

/** Adds `--config` and one flag for every setting, all derived from the schema. */
export function addSettings(command: Command): Command {
  command.option("-c, --config <file>", "settings file (default: SIRVE_CONFIG, else sirve.yaml here)");
  for (const setting of settings) {
    for (const option of optionsOf(setting)) command.addOption(option);
  }
  return command;
}

/** The sources of a configuration, with the flags that were given to `command`. */
export function sourcesOf(command: Command): ConfigSources {
  const given = command.opts<Record<string, FlagValue | undefined>>();
  const flags: Record<string, FlagValue> = {};
  for (const setting of settings) {
    for (const option of optionsOf(setting)) {
      const value = given[option.attributeName()];
      if (value !== undefined) flags[setting.key] = value;
    }
  }
  const env = processEnvironment();
  const named = given["config"];
  return { file: typeof named === "string" ? named : findSettingsFile(env), env, flags };
}

function optionsOf(setting: Setting): Option[] {
  const { flag, alias, kind } = setting;
  const group = `${groupOf(setting)}:`;
  if (kind === "boolean") {
    const on = new Option(flag, meaning(setting));
    const off = new Option(flag.replace("--", "--no-"), "the opposite").hideHelp(
      setting.defaultValue === false,
    );
    return [on, off].map((option) => option.helpGroup(group));
  }
  const options = [new Option(`${flag} <${PLACEHOLDERS[kind]}>`, meaning(setting)).helpGroup(group)];
  if (alias !== undefined) {
    options.push(new Option(`${alias} <${PLACEHOLDERS[kind]}>`, `same as ${flag}`).helpGroup(group));
  }
  if (kind === "list") {
    for (const option of options) {
      option.argParser((text: string, before: string[] | undefined) => [
        ...(before ?? []),
        ...splitList(text),
      ]);
    }
  }
  return options;
}

const PLACEHOLDERS = { text: "text", integer: "n", choice: "choice", list: "a,b" } as const;

function groupOf({ key }: Setting): string {
  const section = key.includes(".") ? (key.split(".")[0] ?? "") : "models";
  return `Settings of ${section}`;
}

function meaning({ description, defaultValue, expected, kind }: Setting): string {
  const choices = kind === "choice" ? ` (${expected})` : "";
  const isEmpty = defaultValue === "" || (typeof defaultValue === "object" && defaultValue.length === 0);
  return isEmpty || kind === "boolean"
    ? description
    : `${description}${choices} Default: ${String(defaultValue)}.`;
}
