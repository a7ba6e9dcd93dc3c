import { z } from "zod";
import { configSchema } from "./schema.ts";
import { type Setting, type SettingValue, settings } from "./settings.ts";

const INTRODUCTION = `# Configuration

Every setting has one name in each source; later sources win:
default < \`sirve.yaml\` < environment < flag.

- The settings file is \`sirve.yaml\` in the working folder, the one that \`SIRVE_CONFIG\` names, or the one
  given with \`--config\`. \`sirve config print\` writes one with the values in force.
- Lists are written with commas in the environment and in flags (\`a,b\`); a list flag may be repeated.
- Switches take \`true\`, \`1\`, \`yes\`, \`on\` or \`false\`, \`0\`, \`no\`, \`off\` in the environment. As flags they
  take no value: \`--insecure\` and \`--no-insecure\`.
- An editor that knows JSON Schema completes \`sirve.yaml\` with \`schemas/sirve.schema.json\`: begin the file with
  \`# yaml-language-server: $schema=<path of that file>\`.
- A name that is not listed here is an error, wherever it stands. Every wrong setting is reported at once.
- \`sirve config check\` checks without serving.

This page is printed from the schema: \`node scripts/print-docs.ts\`.
`;

/** The page docs/configuration.md: every setting with its names, bounds, default and meaning. */
export function configReference(): string {
  const sections = Map.groupBy(settings, ({ key }) => (key.includes(".") ? (key.split(".")[0] ?? "") : ""));
  const parts = [...sections].map(([section, members]) => sectionOf(section, members));
  return [INTRODUCTION, ...parts].join("\n");
}

/** The JSON Schema of `sirve.yaml`, for editors. */
export function configJsonSchema(): string {
  const schema = z.toJSONSchema(configSchema, {
    io: "input",
    // Ours, and no keyword of JSON Schema.
    override: ({ jsonSchema }) => void delete jsonSchema["alias"],
  });
  return `${JSON.stringify({ ...schema, title: "Settings of Sirve" }, undefined, 2)}\n`;
}

function sectionOf(section: string, members: readonly Setting[]): string {
  const title = section === "" ? "## At the top" : `## \`${section}\``;
  const head = "| setting | environment | flag | takes | default | meaning |\n|---|---|---|---|---|---|";
  return `${title}\n\n${head}\n${members.map(rowOf).join("\n")}\n`;
}

function rowOf(setting: Setting): string {
  const { key, env, flag, alias, expected, defaultValue, description } = setting;
  const flags = alias === undefined ? `\`${flag}\`` : `\`${flag}\`, \`${alias}\``;
  const cells = [`\`${key}\``, `\`${env}\``, flags, expected, defaultText(key, defaultValue), description];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("<", "&lt;")).join(" | ")} |`;
}

function defaultText(key: string, value: SettingValue): string {
  if (typeof value === "object") return value.length === 0 ? "none" : `\`${value.join(",")}\``;
  if (value === "") return "empty";
  return key.endsWith("Bytes") ? `\`${value}\` (${sizeOf(Number(value))})` : `\`${value}\``;
}

const sizeOf = (bytes: number) =>
  bytes >= 1024 * 1024 ? `${bytes / (1024 * 1024)} MiB` : `${bytes / 1024} KiB`;
