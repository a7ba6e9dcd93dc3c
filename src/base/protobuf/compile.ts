import type { CompiledField, CompiledMessage, Fields, ValueType } from "./compiled.ts";
import { NUMBER_STORAGE } from "./number-list.ts";
import { isPackable, SCALARS, WIRE } from "./scalar.ts";
import { type FieldTable, type MessageTable, protoFieldName } from "./table.ts";

const NO_ITEMS: readonly unknown[] = Object.freeze([]);
const NO_ENTRIES: ReadonlyMap<unknown, unknown> = new Map();

/** The table prepared for the codec; the work is done once for each table. */
export function compiled(table: MessageTable<unknown>): CompiledMessage {
  return table.compiled ?? compile(table);
}

function compile(table: MessageTable<unknown>): CompiledMessage {
  const byNumber: (CompiledField | undefined)[] = [];
  const fields: CompiledField[] = [];
  const template: Fields = {};
  // Set first, so that a message that contains itself finds its own, still unfinished table.
  table.compiled = { name: table.name, byNumber, fields, template, keepUnknown: table.keepUnknown };
  for (const [key, field] of Object.entries(table.fields)) {
    const made = compileField(table, key, field);
    if (byNumber[field.number]) throw new RangeError(`${made.path}: field number ${field.number} is taken`);
    while (byNumber.length < field.number) byNumber.push(undefined);
    byNumber[field.number] = made;
    fields.push(made);
    template[key] = absentValue(made, field);
  }
  fields.sort((a, b) => a.number - b.number);
  return table.compiled;
}

function compileField(table: MessageTable<unknown>, key: string, field: FieldTable): CompiledField {
  const path = `${table.name}.${protoFieldName(key, field)}`;
  const nested = compiledNested(field);
  const type = valueType(field);
  const repeated = field.repeated ?? false;
  const asNumber = field.as === "number";
  const isNumeric = type !== "message" && isPackable(type);
  return {
    key,
    number: field.number,
    path,
    type,
    repeated,
    packed: repeated && isNumeric && field.packed !== false,
    wireType: type === "message" || field.map ? WIRE.bytes : SCALARS[type].wireType,
    storage: repeated && isNumeric && !asNumber ? NUMBER_STORAGE[type] : undefined,
    nested,
    entry: entryOf(path, field),
    rivals: rivalsOf(table, key, field),
    presence: hasPresence(field, type),
    asNumber,
  };
}

function rivalsOf(table: MessageTable<unknown>, key: string, { oneof }: FieldTable): string[] {
  if (oneof === undefined) return [];
  return Object.keys(table.fields).filter((other) => other !== key && table.fields[other]?.oneof === oneof);
}

function compiledNested(field: FieldTable): CompiledMessage | undefined {
  const type = typeof field.type === "function" ? field.type() : field.type;
  return typeof type === "object" && type.kind === "message" ? compiled(type) : undefined;
}

function hasPresence(field: FieldTable, type: ValueType): boolean {
  return field.optional === true || field.oneof !== undefined || type === "message";
}

function valueType(field: FieldTable): ValueType {
  if (typeof field.type === "string") return field.type;
  if (typeof field.type === "object" && field.type.kind === "enum") return "int32";
  return "message";
}

/** On the wire a map is a repeated message of key and value. */
function entryOf(path: string, { map, type, as }: FieldTable): CompiledMessage | undefined {
  if (!map) return undefined;
  return compile({
    kind: "message",
    name: path,
    fields: { key: { number: 1, type: map }, value: { number: 2, type, ...(as && { as }) } },
    keepUnknown: false,
    compiled: undefined,
  });
}

function absentValue(made: CompiledField, field: FieldTable): unknown {
  if (field.map) return NO_ENTRIES;
  if (made.repeated) return made.storage?.empty ?? NO_ITEMS;
  if (made.presence || made.type === "message") return undefined;
  const { empty } = SCALARS[made.type];
  return made.asNumber && typeof empty === "bigint" ? 0 : empty;
}
