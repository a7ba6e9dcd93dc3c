import { type FieldTable, type MessageTable, protoFieldName } from "../../base/index.ts";
import { fieldType, oneofs, type ProtoFile, type ProtoType } from "./proto-file.ts";

/** A .proto file as text, for people and for generators of clients. */
export function printProto(file: ProtoFile): string {
  const { service } = file;
  const methods = Object.entries(service.methods).map(([name, { input, output, stream }]) => {
    const prefix = stream === "both" ? "stream " : "";
    return `  rpc ${name}(${prefix}${local(input.name, file)}) returns (${prefix}${local(output.name, file)}) {}`;
  });
  const parts = [
    `syntax = "proto3";`,
    `package ${file.package};`,
    [`service ${local(service.name, file)} {`, ...methods, "}"].join("\n"),
    ...file.types.map((type) => printType(type, "", file)),
  ];
  return `${parts.join("\n\n")}\n`;
}

function printType({ name, table, nested }: ProtoType, indent: string, file: ProtoFile): string {
  const inner = `${indent}  `;
  if (table.kind === "enum") {
    const values = Object.entries(table.values).map(([label, number]) => `${inner}${label} = ${number};`);
    return [`${indent}enum ${name} {`, ...values, `${indent}}`].join("\n");
  }
  const body = [...nested.map((type) => printType(type, inner, file)), ...printFields(table, inner, file)];
  return body.length === 0
    ? `${indent}message ${name} {}`
    : [`${indent}message ${name} {`, ...body, `${indent}}`].join("\n");
}

function printFields(table: MessageTable<unknown>, indent: string, file: ProtoFile): string[] {
  const fields = Object.entries(table.fields);
  const alone = fields.filter(([, { oneof }]) => oneof === undefined);
  const groups = oneofs(table).map((group) => {
    const members = fields.filter(([, { oneof }]) => oneof === group);
    const lines = members.map(([key, field]) => `${indent}  ${printField(key, field, file)}`);
    return [`${indent}oneof ${group} {`, ...lines, `${indent}}`].join("\n");
  });
  return [...alone.map(([key, field]) => indent + printField(key, field, file)), ...groups];
}

function printField(key: string, field: FieldTable, file: ProtoFile): string {
  const type = fieldType(field);
  const name = typeof type === "string" ? type : local(type.name, file);
  const whole = field.map ? `map<${field.map}, ${name}>` : `${field.repeated ? "repeated " : ""}${name}`;
  return `${whole} ${protoFieldName(key, field)} = ${field.number};`;
}

/** A full name without the file's package. */
function local(name: string, file: ProtoFile): string {
  return name.slice(file.package.length + 1);
}
