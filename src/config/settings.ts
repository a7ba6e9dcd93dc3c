import { z } from "zod";
import { configSchema } from "./schema.ts";

/** What a setting may hold. */
export type SettingValue = string | number | boolean | readonly string[];

/** One setting with its names in every source, all derived from the schema. */
export interface Setting {
  /** Dotted path in `sirve.yaml`, such as "http.port". */
  readonly key: string;
  /** "SIRVE_HTTP_PORT" */
  readonly env: string;
  /** "--http-port" */
  readonly flag: string;
  /** A second, shorter flag. */
  readonly alias?: string;
  readonly kind: "text" | "integer" | "boolean" | "choice" | "list";
  readonly defaultValue: SettingValue;
  readonly description: string;
  /** What is accepted, in words: "a whole number from 0 to 65535". */
  readonly expected: string;
  readonly schema: z.ZodType;
}

/** The parts of a printed JSON Schema that are read here. */
interface Printed {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly default?: SettingValue;
  readonly description?: string;
  readonly alias?: string;
}

/** Every setting of the schema, in its order. */
export const settings: readonly Setting[] = walk(configSchema, []);

/** The setting of this key, such as "http.port". */
export const settingByKey: ReadonlyMap<string, Setting> = new Map(settings.map((one) => [one.key, one]));

function walk(schema: z.ZodType, path: readonly string[]): Setting[] {
  const section = schema instanceof z.ZodPrefault ? schema.unwrap() : schema;
  if (!(section instanceof z.ZodObject)) return [toSetting(schema, path)];
  const shape: Record<string, z.ZodType> = section.shape;
  return Object.entries(shape).flatMap(([name, child]) => walk(child, [...path, name]));
}

function toSetting(schema: z.ZodType, path: readonly string[]): Setting {
  const printed = z.toJSONSchema(schema, { io: "input" }) as Printed;
  const words = path.map((name) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
  const kebab = words.join("-");
  return {
    key: path.join("."),
    env: `SIRVE_${kebab.replaceAll("-", "_").toUpperCase()}`,
    flag: `--${kebab}`,
    ...(printed.alias !== undefined && { alias: `--${printed.alias}` }),
    kind: kindOf(printed),
    defaultValue: printed.default ?? "",
    description: printed.description ?? "",
    expected: expectation(schema, printed),
    schema,
  };
}

function kindOf(printed: Printed): Setting["kind"] {
  if (printed.enum) return "choice";
  if (printed.type === "boolean" || printed.type === "integer") return printed.type;
  return printed.type === "array" ? "list" : "text";
}

function expectation(schema: z.ZodType, printed: Printed): string {
  if (printed.enum) return printed.enum.join(" or ");
  if (printed.type === "integer") return `a whole number from ${printed.minimum} to ${printed.maximum}`;
  if (printed.type === "boolean") return "true or false";
  if (printed.type === "array") return "a list of texts";
  return patternOf(schema) ?? (printed.minLength === undefined ? "a text" : "a text that is not empty");
}

/** The message that the schema itself gives for a text that does not match its pattern. */
function patternOf(schema: z.ZodType): string | undefined {
  const issue = schema.safeParse("\u0000").error?.issues[0];
  return issue?.message.replace(/^expected /, "");
}
