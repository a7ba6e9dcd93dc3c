import {
  type Draft,
  encodeMessage,
  type FieldTable,
  type MessageTable,
  message,
  protoFieldName,
} from "../../base/index.ts";
import { fieldType, oneofs, type ProtoFile, type ProtoType } from "./proto-file.ts";
import type { ServiceTable } from "./service-table.ts";

/*
 * The parts of google/protobuf/descriptor.proto that describe proto3 files.
 * Source: protocolbuffers/protobuf, src/google/protobuf/descriptor.proto.
 */

interface FieldDescriptor {
  readonly name: string;
  readonly number: number;
  readonly label: number;
  readonly type: number;
  readonly type_name: string | undefined;
  readonly oneof_index: number | undefined;
  readonly json_name: string;
  readonly proto3_optional: boolean;
}

interface Named {
  readonly name: string;
}

interface EnumValue extends Named {
  readonly number: number | undefined;
}

interface EnumDescriptor extends Named {
  readonly value: readonly EnumValue[];
}

interface MessageDescriptor extends Named {
  readonly field: readonly FieldDescriptor[];
  readonly nested_type: readonly MessageDescriptor[];
  readonly enum_type: readonly EnumDescriptor[];
  readonly options: { readonly map_entry: boolean } | undefined;
  readonly oneof_decl: readonly Named[];
}

interface MethodDescriptor extends Named {
  readonly input_type: string;
  readonly output_type: string;
  readonly client_streaming: boolean;
  readonly server_streaming: boolean;
}

interface ServiceDescriptor extends Named {
  readonly method: readonly MethodDescriptor[];
}

interface FileDescriptor extends Named {
  readonly package: string;
  readonly message_type: readonly MessageDescriptor[];
  readonly enum_type: readonly EnumDescriptor[];
  readonly service: readonly ServiceDescriptor[];
  readonly syntax: string;
}

const name = { number: 1, type: "string" } as const;

const fieldDescriptor = message<FieldDescriptor>("google.protobuf.FieldDescriptorProto", {
  name,
  number: { number: 3, type: "int32" },
  label: { number: 4, type: "int32" },
  type: { number: 5, type: "int32" },
  type_name: { number: 6, type: "string", optional: true },
  oneof_index: { number: 9, type: "int32", optional: true },
  json_name: { number: 10, type: "string" },
  proto3_optional: { number: 17, type: "bool", protoName: "proto3_optional" },
});

const enumDescriptor = message<EnumDescriptor>("google.protobuf.EnumDescriptorProto", {
  name,
  value: {
    number: 2,
    repeated: true,
    type: message<EnumValue>("google.protobuf.EnumValueDescriptorProto", {
      name,
      number: { number: 2, type: "int32", optional: true },
    }),
  },
});

const messageDescriptor: MessageTable<MessageDescriptor> = message<MessageDescriptor>(
  "google.protobuf.DescriptorProto",
  {
    name,
    field: { number: 2, type: fieldDescriptor, repeated: true },
    nested_type: { number: 3, type: () => messageDescriptor, repeated: true },
    enum_type: { number: 4, type: enumDescriptor, repeated: true },
    options: {
      number: 7,
      type: message<{ map_entry: boolean }>("google.protobuf.MessageOptions", {
        map_entry: { number: 7, type: "bool" },
      }),
    },
    oneof_decl: {
      number: 8,
      repeated: true,
      type: message<Named>("google.protobuf.OneofDescriptorProto", { name }),
    },
  },
);

const methodDescriptor = message<MethodDescriptor>("google.protobuf.MethodDescriptorProto", {
  name,
  input_type: { number: 2, type: "string" },
  output_type: { number: 3, type: "string" },
  client_streaming: { number: 5, type: "bool" },
  server_streaming: { number: 6, type: "bool" },
});

const fileDescriptor = message<FileDescriptor>("google.protobuf.FileDescriptorProto", {
  name,
  package: { number: 2, type: "string" },
  message_type: { number: 4, type: messageDescriptor, repeated: true },
  enum_type: { number: 5, type: enumDescriptor, repeated: true },
  service: {
    number: 6,
    repeated: true,
    type: message<ServiceDescriptor>("google.protobuf.ServiceDescriptorProto", {
      name,
      method: { number: 2, type: methodDescriptor, repeated: true },
    }),
  },
  syntax: { number: 12, type: "string" },
});

/** A .proto file as the bytes of its `FileDescriptorProto`. */
export function encodeFileDescriptor(file: ProtoFile): Uint8Array {
  return encodeMessage(fileDescriptor, {
    name: file.path,
    package: file.package,
    syntax: "proto3",
    message_type: messagesOf(file.types),
    enum_type: enumsOf(file.types),
    service: [serviceDescriptor(file.service)],
  });
}

function serviceDescriptor(service: ServiceTable): Draft<ServiceDescriptor> {
  return {
    name: service.name.slice(service.name.lastIndexOf(".") + 1),
    method: Object.entries(service.methods).map(([method, { input, output, stream }]) => ({
      name: method,
      input_type: `.${input.name}`,
      output_type: `.${output.name}`,
      client_streaming: stream === "both",
      server_streaming: stream === "both",
    })),
  };
}

function messagesOf(types: readonly ProtoType[]): Draft<MessageDescriptor>[] {
  return types.flatMap(({ name: own, table, nested }) =>
    table.kind === "message" ? [describeMessage(own, table, nested)] : [],
  );
}

function enumsOf(types: readonly ProtoType[]): Draft<EnumDescriptor>[] {
  return types.flatMap(({ name: own, table }) => {
    if (table.kind !== "enum") return [];
    return [
      { name: own, value: Object.entries(table.values).map(([label, number]) => ({ name: label, number })) },
    ];
  });
}

function describeMessage(
  own: string,
  table: MessageTable<unknown>,
  nested: readonly ProtoType[],
): Draft<MessageDescriptor> {
  const groups = oneofs(table);
  const fields = Object.entries(table.fields).map(([key, field]) => ({
    key: protoFieldName(key, field),
    field,
  }));
  const entries = fields.filter(({ field }) => field.map !== undefined);
  return {
    name: own,
    field: fields.map(({ key, field }) => describeField(key, field, { scope: table.name, groups })),
    nested_type: [...messagesOf(nested), ...entries.map(({ key, field }) => describeEntry(key, field))],
    enum_type: enumsOf(nested),
    oneof_decl: groups.map((group) => ({ name: group })),
  };
}

/** The message that a map's entries are on the wire. */
function describeEntry(key: string, field: FieldTable): Draft<MessageDescriptor> {
  const place = { scope: "", groups: [] };
  return {
    name: entryName(key),
    field: [
      describeField("key", { number: 1, type: field.map ?? "string" }, place),
      describeField("value", { number: 2, type: field.type }, place),
    ],
    options: { map_entry: true },
  };
}

/** `raw_input` → "RawInputEntry", as protoc names it. */
function entryName(key: string): string {
  return `${key.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())}Entry`;
}

const REPEATED = 3;
const OPTIONAL = 1;
const MESSAGE = 11;
const ENUM = 14;

function describeField(
  key: string,
  field: FieldTable,
  { scope, groups }: { readonly scope: string; readonly groups: readonly string[] },
): Draft<FieldDescriptor> {
  const type = fieldType(field);
  const isMap = field.map !== undefined;
  const typeName = isMap ? `${scope}.${entryName(key)}` : typeof type === "object" ? type.name : undefined;
  return {
    name: key,
    number: field.number,
    label: isMap || field.repeated ? REPEATED : OPTIONAL,
    type: isMap ? MESSAGE : typeNumber(type),
    type_name: typeName === undefined ? undefined : `.${typeName}`,
    oneof_index: field.oneof === undefined ? undefined : groups.indexOf(field.oneof),
    json_name: key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
  };
}

const SCALARS = [
  "double",
  "float",
  "int64",
  "uint64",
  "int32",
  "fixed64",
  "fixed32",
  "bool",
  "string",
  "group",
  "message",
  "bytes",
  "uint32",
  "enum",
  "sfixed32",
  "sfixed64",
  "sint32",
  "sint64",
];

/** `FieldDescriptorProto.Type`, which counts from 1. */
function typeNumber(type: ReturnType<typeof fieldType>): number {
  if (typeof type === "string") return SCALARS.indexOf(type) + 1;
  return type.kind === "message" ? MESSAGE : ENUM;
}
