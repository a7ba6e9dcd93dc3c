import { nearest } from "../base/index.ts";
import { type Setting, settingByKey, settings } from "./settings.ts";

/** Where a value came from. */
export interface Origin {
  readonly source: "default" | "file" | "environment" | "flag";
  /** "sirve.yaml:3:9", "SIRVE_HTTP_PORT", "--http-port"; "" for a default. */
  readonly where: string;
}

/** A value that one source gives to a setting, not checked yet. */
export interface Entry {
  readonly setting: Setting;
  readonly value: unknown;
  readonly origin: Origin;
}

/** One thing that is wrong with the configuration. */
export interface ConfigProblem {
  /** The setting's key, or the name as it was written where there is no such setting. */
  readonly setting: string;
  readonly where: string;
  readonly got: string;
  readonly expected: string;
  readonly hint?: string;
}

/** What one source says. */
export interface SourceReading {
  readonly entries: readonly Entry[];
  readonly problems: readonly ConfigProblem[];
}

/** Values of environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Values of flags by setting key, as the command line gives them or as they are meant. */
export type Flags = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/**
 * Names with our prefix that are no settings: where the settings file is, where clients find
 * the server, and what the tests of this project read.
 */
const OTHER_NAMES = /^SIRVE_(CONFIG|URL|API_KEY|TEST_[A-Z_]*|SERVICES_[A-Z_]*)$/;

/** Reads every `SIRVE_…` variable; one that belongs to no setting is a problem. */
export function readEnvironment(env: Environment): SourceReading {
  const entries: Entry[] = [];
  const problems: ConfigProblem[] = [];
  const names = new Map(settings.map((setting) => [setting.env, setting]));
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith("SIRVE_") || OTHER_NAMES.test(name) || text === undefined) continue;
    const setting = names.get(name);
    if (!setting) problems.push(unknownSetting(name, name, [...names.keys()]));
    else entries.push({ setting, value: fromText(setting, text), origin: originOf("environment", name) });
  }
  return { entries, problems };
}

/** Reads the flags; a key that belongs to no setting is a problem. */
export function readFlags(flags: Flags): SourceReading {
  const entries: Entry[] = [];
  const problems: ConfigProblem[] = [];
  for (const [key, given] of Object.entries(flags)) {
    const setting = settingByKey.get(key);
    if (!setting) {
      problems.push(unknownSetting(key, `flag ${key}`, [...settingByKey.keys()]));
      continue;
    }
    const value = typeof given === "string" ? fromText(setting, given) : given;
    entries.push({ setting, value, origin: originOf("flag", setting.flag) });
  }
  return { entries, problems };
}

/** A problem with a name that no setting has. */
export function unknownSetting(name: string, where: string, known: readonly string[]): ConfigProblem {
  const meant = nearest(name, known);
  return {
    setting: name,
    where,
    got: name,
    expected: "the name of a setting",
    ...(meant !== undefined && { hint: `did you mean ${meant}?` }),
  };
}

/**
 * The value that a text stands for; the text itself where it stands for none, so that the
 * check against the schema refuses it and says what came.
 */
function fromText(setting: Setting, text: string): unknown {
  const { kind } = setting;
  if (kind === "integer") return /^-?[0-9]+$/.test(text.trim()) ? Number(text) : text;
  if (kind === "boolean") return BOOLEANS.get(text.trim().toLowerCase()) ?? text;
  return kind === "list" ? splitList(text) : text;
}

const BOOLEANS = new Map([
  ["true", true],
  ["1", true],
  ["yes", true],
  ["on", true],
  ["false", false],
  ["0", false],
  ["no", false],
  ["off", false],
]);

/** The items of a list as one text: "a,b". */
export function splitList(text: string): string[] {
  const items = text.split(",").map((item) => item.trim());
  return items.filter((item) => item !== "");
}

function originOf(source: Origin["source"], where: string): Origin {
  return { source, where };
}
