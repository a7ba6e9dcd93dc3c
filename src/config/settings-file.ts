import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { isMap, isScalar, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from "yaml";
import { PlatformError } from "../base/index.ts";
import { settingByKey } from "./settings.ts";
import { type ConfigProblem, type Entry, type SourceReading, unknownSetting } from "./sources.ts";

/** A settings file holds a few dozen short lines; this stops a wrong file from being read whole. */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads a `sirve.yaml`.
 *
 * @throws PlatformError `not_found` if it cannot be read, `too_large` if it is no settings file by size.
 */
export function readSettingsFile(path: string): SourceReading {
  let text: string;
  try {
    if (statSync(path).size > MAX_BYTES) {
      throw new PlatformError("too_large", `settings file ${path} is larger than ${MAX_BYTES} bytes`, {
        field: "--config",
        got: path,
      });
    }
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof PlatformError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PlatformError("not_found", `settings file ${path} cannot be read: ${reason}`, {
      field: "--config",
      got: path,
      hint: "name another file with --config, or write one: sirve config print > sirve.yaml",
      cause,
    });
  }
  return parseSettings(text, basename(path));
}

/** Reads the text of a settings file; `name` is what problems call it. */
function parseSettings(text: string, name: string): SourceReading {
  const reading = new Reading(name);
  try {
    reading.document(text);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    reading.syntax("lists or maps nested too deeply", 0);
  }
  return reading;
}

/** Collects the entries and problems of one file, with their positions. */
class Reading implements SourceReading {
  readonly entries: Entry[] = [];
  readonly problems: ConfigProblem[] = [];
  readonly #name: string;
  readonly #lines = new LineCounter();

  constructor(name: string) {
    this.#name = name;
  }

  document(text: string): void {
    const document = parseDocument(text, { lineCounter: this.#lines, version: "1.2" });
    for (const error of document.errors) this.syntax(error.message, error.pos[0]);
    const root = document.contents;
    if (document.errors.length > 0 || root === null) return;
    if (isMap<Node, Node | null>(root)) this.#section(root, "");
    else this.#wrong("", root, "settings by name, such as http: { port: 8080 }");
  }

  syntax(message: string, offset: number): void {
    const first = message.split("\n", 1)[0] ?? "";
    this.problems.push({ setting: "", where: this.#at(offset), got: first, expected: "YAML" });
  }

  #section(map: YAMLMap<Node, Node | null>, prefix: string): void {
    for (const pair of map.items) this.#pair(pair, prefix);
  }

  #wrong(setting: string, node: Node | null, expected: string): void {
    this.problems.push({ setting, where: this.#where(node), got: shown(node), expected });
  }

  #pair({ key, value }: Pair<Node, Node | null>, prefix: string): void {
    if (!isScalar(key)) return this.#wrong(prefix, key, "the name of a setting");
    const path = prefix === "" ? String(key.value) : `${prefix}.${String(key.value)}`;
    // Not a setting: what a registry is to hold, read by sirve plan and sirve apply.
    if (path === "deploy") return;
    const setting = settingByKey.get(path);
    if (setting) {
      const origin = { source: "file", where: this.#where(value ?? key) } as const;
      this.entries.push({ setting, value: plain(value), origin });
    } else if (!isSection(path)) {
      this.problems.push(unknownSetting(path, this.#where(key), namesBeside(prefix)));
    } else if (isMap<Node, Node | null>(value)) {
      this.#section(value, path);
    } else {
      this.#wrong(path, value ?? key, `a section with ${namesBeside(path).join(", ")}`);
    }
  }

  #where(node: Node | null): string {
    return this.#at(node?.range?.[0] ?? 0);
  }

  #at(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.#name}:${line}:${col}`;
  }
}

const isSection = (path: string) => [...settingByKey.keys()].some((key) => key.startsWith(`${path}.`));

/** Full names of what may stand in a section. */
function namesBeside(prefix: string): string[] {
  const inside = [...settingByKey.keys()].filter((key) => prefix === "" || key.startsWith(`${prefix}.`));
  const depth = prefix === "" ? 1 : prefix.split(".").length + 1;
  return [...new Set(inside.map((key) => key.split(".").slice(0, depth).join(".")))];
}

/** The value of a node as JavaScript has it; aliases are not followed, so none can blow up. */
function plain(node: Node | null): unknown {
  if (node === null) return null;
  if (isScalar(node)) return node.value;
  if (!("items" in node) || isMap(node)) return undefined;
  return (node.items as (Node | null)[]).map((item) => plain(item));
}

function shown(node: Node | null): string {
  if (isScalar(node)) return JSON.stringify(node.value) ?? "nothing";
  if (isMap(node)) return "a map";
  return node === null ? "nothing" : "a list";
}
