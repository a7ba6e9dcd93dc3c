import type { EnumTable, Json, MessageTable } from "../../base/index.ts";
import type { ModelConfigFields } from "./model-config-messages.ts";

type JsonFields = { readonly [key: string]: Json };

/** A configuration printed as JSON as fields of its message: names of enums as numbers, objects as maps. */
export function configFields(table: MessageTable<unknown>, json: JsonFields): ModelConfigFields {
  const fields: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(json)) {
    const field = table.fields[key];
    if (!field) throw new RangeError(`${table.name} has no field ${key}`);
    const type = typeof field.type === "function" ? field.type() : field.type;
    const convert = (item: Json) => (typeof type === "string" ? item : convertValue(type, item));
    const items = () =>
      Object.entries(value as JsonFields).map(([name, item]) => [name, convert(item)] as const);
    if (field.map) fields[key] = new Map(items());
    else fields[key] = field.repeated ? (value as readonly Json[]).map(convert) : convert(value);
  }
  return fields;
}

function convertValue(type: EnumTable | MessageTable<unknown>, value: Json): unknown {
  return type.kind === "message" ? configFields(type, value as JsonFields) : type.values[value as string];
}
