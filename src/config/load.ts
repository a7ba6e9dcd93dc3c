import { existsSync } from "node:fs";
import { PlatformError } from "../base/index.ts";
import { readPlatform } from "./platforms.ts";
import { type Config, configSchema } from "./schema.ts";
import { type Setting, settings } from "./settings.ts";
import { readSettingsFile } from "./settings-file.ts";
import {
  type ConfigProblem,
  type Entry,
  type Environment,
  type Flags,
  type Origin,
  readEnvironment,
  readFlags,
  type SourceReading,
} from "./sources.ts";

/** Where the settings come from. Later ones win: defaults, variables of a platform, file, environment, flags. */
export interface ConfigSources {
  /** Path of a settings file; undefined: none. */
  readonly file?: string | undefined;
  readonly env: Environment;
  readonly flags: Flags;
}

/** A configuration, or everything that is wrong with it. */
export interface ConfigReading {
  /** Frozen; undefined if there are problems. */
  readonly config: Config | undefined;
  readonly problems: readonly ConfigProblem[];
  /** Which source gave each setting, by key. */
  readonly origins: ReadonlyMap<string, Origin>;
}

/**
 * Merges the sources into one frozen configuration.
 *
 * @throws PlatformError `invalid_argument` listing every wrong setting with its source and path,
 *   what came and what was expected; `not_found` if the file cannot be read.
 */
export function loadConfig(sources: ConfigSources): Config {
  const { config, problems } = readConfig(sources);
  if (config) return config;
  throw configError(problems);
}

/** Like {@link loadConfig}, but returns what is wrong, and where each value came from. */
export function readConfig({ file, env, flags }: ConfigSources): ConfigReading {
  const readings: SourceReading[] = [readPlatform(env)];
  if (file !== undefined) readings.push(readSettingsFile(file));
  readings.push(readEnvironment(env), readFlags(flags));
  const entries = readings.flatMap((reading) => reading.entries);
  const problems = readings.flatMap((reading) => reading.problems);
  problems.push(...entries.flatMap((entry) => checkEntry(entry)));
  const origins = new Map<string, Origin>(settings.map(({ key }) => [key, { source: "default", where: "" }]));
  for (const { setting, origin } of entries) origins.set(setting.key, origin);
  if (problems.length > 0) return { config: undefined, problems, origins };
  const merged = {};
  for (const { setting, value } of entries) setAt(merged, setting.key.split("."), value);
  return { config: deepFreeze(configSchema.parse(merged)), problems, origins };
}

/** The settings file to read when none is named: `SIRVE_CONFIG`, else `sirve.yaml` here if there is one. */
export function findSettingsFile(env: Environment): string | undefined {
  const named = env["SIRVE_CONFIG"];
  if (named !== undefined && named !== "") return named;
  return existsSync("sirve.yaml") ? "sirve.yaml" : undefined;
}

/** One error that lists all problems, a line each. */
export function configError(problems: readonly ConfigProblem[]): PlatformError {
  const [first] = problems;
  const lines = problems.map((problem) => `  ${describeProblem(problem)}`);
  return new PlatformError("invalid_argument", `the configuration is wrong:\n${lines.join("\n")}`, {
    ...(first && { field: first.setting, got: first.got, expected: first.expected }),
    hint: "sirve config check reads it again; docs/configuration.md lists every setting",
  });
}

/** A problem in one line. */
export function describeProblem({ setting, where, got, expected, hint }: ConfigProblem): string {
  const what = setting === "" || setting === got ? "" : `${setting}: `;
  const problem = `${where}: ${what}got ${got}, expected ${expected}`;
  return hint === undefined ? problem : `${problem}; ${hint}`;
}

function checkEntry({ setting, value, origin }: Entry): ConfigProblem[] {
  // `undefined` would be taken for "not given" by a schema with a default.
  if (value !== undefined && setting.schema.safeParse(value).success) return [];
  const { key, expected } = setting;
  return [{ setting: key, where: origin.where, got: shown(setting, value), expected }];
}

function shown(setting: Setting, value: unknown): string {
  const text = value === undefined ? "something else" : JSON.stringify(value, bigintAsText);
  const short = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return setting.kind === "text" ? maskSecrets(short) : short;
}

const bigintAsText = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);

/** Replaces user and password within a URL by ***. */
export function maskSecrets(text: string): string {
  return text.replaceAll(/(\/\/)[^/@\s]+@/g, "$1***@");
}

function setAt(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let node = root;
  for (const name of path.slice(0, -1)) {
    node[name] ??= {};
    node = node[name] as Record<string, unknown>;
  }
  node[path.at(-1) ?? ""] = value;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const child of Object.values(value)) deepFreeze(child);
    Object.freeze(value);
  }
  return value;
}
