import { z } from "zod";

/** The parts of a JSON Schema that the tables show. */
interface Node {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Node[];
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

/** The JSON Schema of what people write, before defaults are filled in. */
export function inputSchema(schema: z.ZodType): Node {
  return z.toJSONSchema(schema, { io: "input" }) as Node;
}

/** A Markdown table of an object schema: every field, nested ones as `outer.inner` and `list[].inner`. */
export function fieldTable(schema: z.ZodType): string {
  const head = "| field | takes | default | meaning |\n|---|---|---|---|\n";
  return head + rowsOf(inputSchema(schema), "").join("");
}

function rowsOf({ properties = {}, required = [] }: Node, prefix: string): string[] {
  return Object.entries(properties).flatMap(([name, node]) => {
    if (name === "$schema") return [];
    const path = `${prefix}${name}`;
    const shown = required.includes(name) ? "required" : defaultText(node);
    const row = `| \`${path}\` | ${cell(typeText(node))} | ${shown} | ${cell(node.description ?? "")} |\n`;
    const inner = node.properties ? rowsOf(node, `${path}.`) : rowsOf(node.items ?? {}, `${path}[].`);
    return [row, ...inner];
  });
}

function defaultText({ default: value }: Node): string {
  if (value === undefined || (typeof value === "object" && isEmpty(value))) return "";
  return `\`${JSON.stringify(value)}\``;
}

const isEmpty = (value: object | null) => value !== null && Object.keys(value).length === 0;

function typeText(node: Node): string {
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum) return node.enum.map((value) => JSON.stringify(value)).join(", ");
  if (node.anyOf) return node.anyOf.map(typeText).join(" or ");
  if (node.type === "array") return `list of ${typeText(node.items ?? {})}`;
  if (node.type === "object") return "object";
  if (typeof node.type === "object") return node.type.join(" or ");
  return `${node.type ?? "any"}${rangeText(node)}`;
}

/** Bounds beyond which nobody goes anyway are left out. */
function rangeText({ minimum, maximum, exclusiveMinimum }: Node): string {
  if (exclusiveMinimum !== undefined) return maximum === undefined ? " > 0" : ` > 0, ≤ ${maximum}`;
  if (minimum === undefined && maximum === undefined) return "";
  if (maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER) {
    return minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? "" : ` ≥ ${minimum}`;
  }
  return ` ${minimum ?? "…"} to ${maximum}`;
}

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
