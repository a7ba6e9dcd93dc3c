import type { EnumTable, FieldTable, MessageTable } from "../../base/index.ts";
import type { ServiceTable } from "./service-table.ts";

/** A message or enum in its place: nested types are declared inside their message. */
export interface ProtoType {
  /** Last part of the full name. */
  readonly name: string;
  readonly fullName: string;
  readonly table: MessageTable<unknown> | EnumTable;
  readonly nested: ProtoType[];
}

/** One .proto file: a service and every type that its methods reach. */
export interface ProtoFile {
  /** Path by which reflection names it. */
  readonly path: string;
  readonly package: string;
  readonly service: ServiceTable;
  readonly types: readonly ProtoType[];
  /** Every message and enum by full name. */
  readonly byName: ReadonlyMap<string, ProtoType>;
}

/** The .proto file that declares a service, gathered from its tables. */
export function protoFile(service: ServiceTable): ProtoFile {
  const tables = new Map<string, MessageTable<unknown> | EnumTable>();
  for (const { input, output } of Object.values(service.methods)) {
    gather(input, tables);
    gather(output, tables);
  }
  const name = service.name.slice(0, service.name.lastIndexOf("."));
  const byName = new Map<string, ProtoType>();
  const types: ProtoType[] = [];
  for (const [fullName, table] of [...tables].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const cut = fullName.lastIndexOf(".");
    const type = { name: fullName.slice(cut + 1), fullName, table, nested: [] };
    byName.set(fullName, type);
    // Sorted, so what a type is nested in stands before it.
    (byName.get(fullName.slice(0, cut))?.nested ?? types).push(type);
  }
  return { path: `${name.replaceAll(".", "/")}.proto`, package: name, service, types, byName };
}

function gather(
  table: MessageTable<unknown> | EnumTable,
  tables: Map<string, MessageTable<unknown> | EnumTable>,
): void {
  if (tables.has(table.name)) return;
  tables.set(table.name, table);
  if (table.kind === "enum") return;
  for (const field of Object.values(table.fields)) {
    const type = fieldType(field);
    if (typeof type === "object") gather(type, tables);
  }
}

/** A field's type, resolved where it is declared later. */
export function fieldType({ type }: FieldTable): Exclude<FieldTable["type"], () => MessageTable<unknown>> {
  return typeof type === "function" ? type() : type;
}

/** The oneofs of a message, in the order of their first members. */
export function oneofs({ fields }: MessageTable<unknown>): string[] {
  return [...new Set(Object.values(fields).flatMap(({ oneof }) => (oneof === undefined ? [] : [oneof])))];
}
