import assert from "node:assert/strict";
import { test } from "node:test";
import { create, createFileRegistry, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  FileDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { PlatformError } from "../error.ts";
import { decodeMessage } from "./decode.ts";
import { encodeChunks, encodeMessage } from "./encode.ts";
import type { ScalarType } from "./scalar.ts";
import { enumeration, type FieldTable, type MessageTable, message, protoFieldName } from "./table.ts";

const SCALAR_TYPES: readonly ScalarType[] = [
  "double",
  "float",
  "int64",
  "uint64",
  "int32",
  "fixed64",
  "fixed32",
  "bool",
  "string",
  "bytes",
  "uint32",
  "sfixed32",
  "sfixed64",
  "sint32",
  "sint64",
];

/** One field of each scalar type: singular (1–15), repeated packed (21–35), repeated unpacked (41–55). */
function everyScalar(): Record<string, FieldTable> {
  const fields: Record<string, FieldTable> = {};
  for (const [i, type] of SCALAR_TYPES.entries()) {
    fields[`one_${type}`] = { number: i + 1, type };
    fields[`many_${type}`] = { number: i + 21, type, repeated: true };
    fields[`loose_${type}`] = { number: i + 41, type, repeated: true, packed: false };
    fields[`maybe_${type}`] = { number: i + 61, type, optional: true };
  }
  return fields;
}

const color = enumeration("test.Color", { NONE: 0, RED: 1, BLUE: -2 });

type Everything = Record<string, unknown>;
const everything: MessageTable<Everything> = message<Everything>("test.Everything", {
  ...everyScalar(),
  color: { number: 100, type: color },
  colors: { number: 101, type: color, repeated: true },
  self: { number: 102, type: () => everything },
  selves: { number: 103, type: () => everything, repeated: true },
  names: { number: 104, type: "int64", map: "string" },
  children: { number: 105, type: () => everything, map: "int32" },
  choiceText: { number: 106, type: "string", oneof: "choice" },
  choiceNumber: { number: 107, type: "int64", oneof: "choice" },
  choiceSelf: { number: 108, type: () => everything, oneof: "choice" },
});

/** A descriptor printed from the table: what the reflection service does too. */
function oracle() {
  const made = Object.entries(everything.fields).map(([key, field]) =>
    describe(protoFieldName(key, field), field),
  );
  const entries = made.flatMap(({ entry }) => (entry ? [entry] : []));
  const field = made.map(({ description }) => description);
  // Each optional field is the only member of a hidden oneof after the real ones.
  const optional = field.filter((one) => "proto3Optional" in one);
  for (const [i, one] of optional.entries()) Object.assign(one, { oneofIndex: i + 1 });
  const oneofDecl = [{ name: "choice" }, ...optional.map((one) => ({ name: `_${one.name}` }))];
  const value = Object.entries(color.values).map(([name, number]) => ({ name, number }));
  const file = create(FileDescriptorProtoSchema, {
    name: "test.proto",
    package: "test",
    syntax: "proto3",
    enumType: [{ name: "Color", value }],
    messageType: [{ name: "Everything", field, nestedType: entries, oneofDecl }],
  });
  const found = createFileRegistry(file, () => undefined).getMessage("test.Everything");
  assert.ok(found);
  return found;
}

function describe(name: string, field: FieldTable) {
  const { number } = field;
  const value = typeOf(field);
  if (field.map) {
    const entryName = `${name.replace(/^./, (c) => c.toUpperCase())}Entry`;
    const key = { name: "key", number: 1, type: TYPE_OF[field.map], label: Label.OPTIONAL };
    const item = { name: "value", number: 2, label: Label.OPTIONAL, ...value };
    const entry = { name: entryName, options: { mapEntry: true }, field: [key, item] };
    const typeName = `.test.Everything.${entryName}`;
    return { description: { name, number, type: Type.MESSAGE, typeName, label: Label.REPEATED }, entry };
  }
  const description = {
    name,
    number,
    label: field.repeated ? Label.REPEATED : Label.OPTIONAL,
    ...value,
    ...(field.packed === false && { options: { packed: false } }),
    ...(field.oneof && { oneofIndex: 0 }),
    ...(field.optional && { proto3Optional: true }),
  };
  return { description, entry: undefined };
}

function typeOf({ type }: FieldTable) {
  if (typeof type === "string") return { type: TYPE_OF[type], typeName: "" };
  if (type === color) return { type: Type.ENUM, typeName: ".test.Color" };
  return { type: Type.MESSAGE, typeName: ".test.Everything" };
}

const TYPE_OF: Readonly<Record<ScalarType, Type>> = {
  double: Type.DOUBLE,
  float: Type.FLOAT,
  int64: Type.INT64,
  uint64: Type.UINT64,
  int32: Type.INT32,
  fixed64: Type.FIXED64,
  fixed32: Type.FIXED32,
  bool: Type.BOOL,
  string: Type.STRING,
  bytes: Type.BYTES,
  uint32: Type.UINT32,
  sfixed32: Type.SFIXED32,
  sfixed64: Type.SFIXED64,
  sint32: Type.SINT32,
  sint64: Type.SINT64,
};

const anyInt32 = fc.oneof(fc.integer(), fc.constantFrom(0, -1, 127, 128, -(2 ** 31), 2 ** 31 - 1));
const anyUint32 = fc.oneof(fc.nat(), fc.constantFrom(0, 2 ** 32 - 1));
const anyInt64 = fc.oneof(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.bigInt(-200n, 200n));
const anyUint64 = fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.constantFrom(0n, 127n, 2n ** 32n));
const anyFloat = fc.float({ noNaN: true });
const ANY: Readonly<Record<ScalarType, fc.Arbitrary<unknown>>> = {
  double: fc.double({ noNaN: true }),
  float: anyFloat,
  int64: anyInt64,
  uint64: anyUint64,
  int32: anyInt32,
  fixed64: anyUint64,
  fixed32: anyUint32,
  bool: fc.boolean(),
  string: fc.string({ unit: "grapheme" }),
  bytes: fc.uint8Array({ maxLength: 40 }),
  uint32: anyUint32,
  sfixed32: anyInt32,
  sfixed64: anyInt64,
  sint32: anyInt32,
  sint64: anyInt64,
};

const ARRAY_OF: Readonly<Partial<Record<ScalarType, (items: never[]) => unknown>>> = {
  double: (items) => Float64Array.from(items),
  float: (items) => Float32Array.from(items),
  int32: (items) => Int32Array.from(items),
  sint32: (items) => Int32Array.from(items),
  sfixed32: (items) => Int32Array.from(items),
  uint32: (items) => Uint32Array.from(items),
  fixed32: (items) => Uint32Array.from(items),
  int64: (items) => BigInt64Array.from(items),
  sint64: (items) => BigInt64Array.from(items),
  sfixed64: (items) => BigInt64Array.from(items),
  uint64: (items) => BigUint64Array.from(items),
  fixed64: (items) => BigUint64Array.from(items),
  bool: (items) => Uint8Array.from(items),
};

function anyList(type: ScalarType): fc.Arbitrary<unknown> {
  const items = fc.array(ANY[type], { maxLength: 12 });
  const toArray = ARRAY_OF[type];
  return toArray ? items.map((list) => toArray(list as never[])) : items;
}

const anyEverything: fc.Arbitrary<Everything> = fc.letrec<{ value: Everything }>((tie) => {
  const fields: Record<string, fc.Arbitrary<unknown>> = {
    color: fc.constantFrom(0, 1, -2, 77),
    colors: fc.array(anyInt32, { maxLength: 4 }).map((list) => Int32Array.from(list)),
    self: fc.option(tie("value"), { nil: undefined, maxDepth: 2 }),
    selves: fc.array(tie("value"), { maxLength: 2, depthIdentifier: "d" }),
    names: fc.array(fc.tuple(fc.string(), anyInt64), { maxLength: 4 }).map((pairs) => new Map(pairs)),
    children: fc
      .array(fc.tuple(anyInt32, tie("value")), { maxLength: 2, depthIdentifier: "d" })
      .map((pairs) => new Map(pairs)),
  };
  for (const type of SCALAR_TYPES) {
    fields[`one_${type}`] = ANY[type];
    fields[`many_${type}`] = anyList(type);
    fields[`loose_${type}`] = anyList(type);
    fields[`maybe_${type}`] = fc.option(ANY[type], { nil: undefined });
  }
  const choice = fc.oneof(
    fc.constant({}),
    fc.record({ choiceText: fc.string() }),
    fc.record({ choiceNumber: anyInt64 }),
    fc.record({ choiceSelf: tie("value") }),
  );
  const full = fc.tuple(fc.record(fields, { requiredKeys: [] }), choice).map(([a, b]) => ({ ...a, ...b }));
  return { value: fc.oneof({ maxDepth: 2, depthIdentifier: "d" }, fc.constant({}), full) };
}).value;

test("a decoded message is what was encoded", () => {
  fc.assert(
    fc.property(anyEverything, (value) => {
      const once = decodeMessage(everything, encodeMessage(everything, value));
      for (const [key, content] of Object.entries(value)) {
        if (["self", "selves", "children", "choiceSelf"].includes(key)) continue;
        assert.deepEqual(once[key], content, key);
      }
      assert.deepEqual(decodeMessage(everything, encodeMessage(everything, once)), once);
    }),
    { numRuns: 300 },
  );
});

test("another codec reads the same from our bytes, and we from its", () => {
  const theirs = oracle();
  fc.assert(
    fc.property(anyEverything, (value) => {
      const ours = encodeMessage(everything, value);
      const again = toBinary(theirs, fromBinary(theirs, ours));
      assert.deepEqual(decodeMessage(everything, again), decodeMessage(everything, ours));
      assert.deepEqual(
        toBinary(theirs, fromBinary(theirs, encodeMessage(everything, decodeMessage(everything, again)))),
        again,
      );
    }),
    { numRuns: 300 },
  );
});

test("chunks joined are the message in one piece, and large bytes are not copied", () => {
  const large = new Uint8Array(10_000).fill(7);
  const value = {
    one_string: "a",
    one_bytes: large,
    many_bytes: [large, new Uint8Array(3)],
    maybe_bool: false,
  };
  const chunks = encodeChunks(everything, value);
  assert.deepEqual(Buffer.concat(chunks), encodeMessage(everything, value));
  assert.equal(chunks.filter((chunk) => chunk === large).length, 2);
});

test("decoding never copies bytes and aligned floats", () => {
  const bytes = Uint8Array.from(
    encodeMessage(everything, { one_bytes: new Uint8Array(50), many_float: new Float32Array(9) }),
  );
  for (let shift = 0; shift < 4; shift++) {
    const moved = new Uint8Array(bytes.length + shift).subarray(shift);
    moved.set(bytes);
    const value = decodeMessage(everything, moved);
    assert.equal((value["one_bytes"] as Uint8Array).buffer, moved.buffer);
    const floats = value["many_float"] as Float32Array;
    const offset = moved.length - 36 + shift;
    assert.equal(floats.buffer === moved.buffer, offset % 4 === 0);
    assert.deepEqual(floats, new Float32Array(9));
  }
});

test("a message cut anywhere is read or refused, never more", () => {
  fc.assert(
    fc.property(anyEverything, (value) => {
      const bytes = encodeMessage(everything, value);
      for (let end = 0; end < bytes.length; end++) readsOrRefuses(bytes.subarray(0, end));
    }),
    { numRuns: 15 },
  );
});

test("any bytes are read or refused", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), readsOrRefuses), { numRuns: 3000 });
});

function readsOrRefuses(bytes: Uint8Array): void {
  try {
    decodeMessage(everything, bytes);
  } catch (error) {
    assert.ok(error instanceof PlatformError, String(error));
    assert.equal(error.code, "invalid_argument");
    assert.match(error.message, /^malformed protobuf: /);
  }
}

const refused: readonly (readonly [string, readonly number[], RegExp])[] = [
  ["a varint of 11 bytes", [0x18, ...Array(10).fill(0xff), 1], /one_int64: a varint is longer than 10 bytes/],
  ["field number 0", [0x00, 0x00], /field number 0/],
  ["a group", [0xc3, 0x3e, 0xc4, 0x3e], /wire type 3 is not supported/],
  ["a length past the end", [0x4a, 0x05, 0x61], /one_string: length 5 passes the end, 1 bytes are left/],
  ["a length of 2^63", [0x4a, ...Array(9).fill(0xff), 1], /one_string: length \d+ passes the end/],
  ["the wrong wire type", [0x4d, 0, 0, 0, 0], /one_string: wire type 5, expected 2/],
  ["half a float", [0x15, 0, 0], /one_float: ends within 4 fixed bytes/],
  [
    "packed floats of 5 bytes",
    [0xb2, 0x01, 5, 0, 0, 0, 0, 0],
    /many_float: 5 packed bytes are not whole elements/,
  ],
  ["text that is not UTF-8", [0x4a, 0x02, 0xc3, 0x28], /one_string: text is not UTF-8/],
  ["a field number beyond 32 bits", [0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0], /a field number is too large/],
];
for (const [title, bytes, problem] of refused) {
  test(`${title} is refused`, () => {
    assert.throws(() => decodeMessage(everything, Uint8Array.from(bytes)), problem);
  });
}

test("nesting and the number of parts are bounded", () => {
  let nested: Everything = {};
  for (let depth = 1; depth < 64; depth++) nested = { self: nested };
  const bytes = encodeMessage(everything, nested);
  assert.ok(decodeMessage(everything, bytes));
  assert.throws(
    () => decodeMessage(everything, encodeMessage(everything, { self: nested })),
    /nested too deep/,
  );
  const many = encodeMessage(everything, { selves: Array.from({ length: 100 }, () => ({})) });
  assert.throws(() => decodeMessage(everything, many, { maxParts: 100 }), /too many parts/);
});

test("packed and single elements of one field are joined in order", () => {
  const pieces = [{ many_int32: [1, -2] }, { many_int32: [3] }].map((value) =>
    encodeMessage(everything, value),
  );
  const single = Uint8Array.from([0xc8, 0x01, 9]); // field 25, varint
  const joined = Buffer.concat([single, ...pieces, single]);
  assert.deepEqual(decodeMessage(everything, joined)["many_int32"], Int32Array.of(9, 1, -2, 3, 9));
});

test("a message in two pieces is merged, and the last member of a oneof wins", () => {
  const first = encodeMessage(everything, { self: { one_int32: 1, many_int32: [1] }, choiceText: "a" });
  const second = encodeMessage(everything, { self: { one_string: "b", many_int32: [2] }, choiceNumber: 0n });
  const value = decodeMessage(everything, Buffer.concat([first, second]));
  const self = value["self"] as Everything;
  assert.deepEqual(
    [self["one_int32"], self["one_string"], self["many_int32"]],
    [1, "b", Int32Array.of(1, 2)],
  );
  assert.deepEqual([value["choiceText"], value["choiceNumber"]], [undefined, 0n]);
});

test("a message in very many pieces is refused before its merging takes long", () => {
  const first = encodeMessage(everything, { self: { many_int32: new Int32Array(1600) } });
  const piece = encodeMessage(everything, { self: { many_int32: [1] } });
  const pieces = (count: number) => Buffer.concat([first, ...Array<Uint8Array>(count).fill(piece)]);
  const value = decodeMessage(everything, pieces(5), { maxParts: 1000 });
  assert.equal(((value["self"] as Everything)["many_int32"] as Int32Array).length, 1605);
  assert.throws(() => decodeMessage(everything, pieces(20), { maxParts: 1000 }), /too many parts/);
});

test("64-bit integers as numbers are refused beyond 2^53", () => {
  interface Sizes {
    readonly size: number;
    readonly dims: readonly number[];
  }
  const sizes = message<Sizes>("test.Sizes", {
    size: { number: 1, type: "int64", as: "number" },
    dims: { number: 2, type: "int64", repeated: true, as: "number" },
  });
  const value = { size: -(2 ** 53) + 1, dims: [0, -1, 2 ** 40, 2 ** 53 - 1] };
  assert.deepEqual(decodeMessage(sizes, encodeMessage(sizes, value)), value);
  assert.throws(
    () => decodeMessage(sizes, encodeMessage(sizes, { dims: [2 ** 53] })),
    /dims: an integer is beyond 2\^53/,
  );
});

test("unknown fields and an unusual order survive where the table keeps them", () => {
  interface Small {
    readonly a: number;
    readonly b: readonly string[];
  }
  const fields = {
    a: { number: 3, type: "int32" },
    b: { number: 2, type: "string", repeated: true },
  } as const;
  const keeping = message<Small>("test.Small", fields, { keepUnknown: true });
  const forgetful = message<Small>("test.Small", fields);
  const bytes = Uint8Array.from([0x12, 1, 0x61, 0x30, 5, 0x18, 9, 0x12, 1, 0x62, 0x0a, 0]);
  const value = decodeMessage(keeping, bytes);
  assert.deepEqual([value.a, value.b], [9, ["a", "b"]]);
  assert.deepEqual(Uint8Array.from(encodeMessage(keeping, value)), bytes);
  const changed = decodeMessage(keeping, encodeMessage(keeping, { ...value, a: 8, b: [] }));
  assert.deepEqual([changed.a, changed.b], [8, []]);
  assert.equal(encodeMessage(keeping, changed).length, 6);
  assert.deepEqual(
    Uint8Array.from(encodeMessage(forgetful, decodeMessage(forgetful, bytes))),
    Uint8Array.of(0x12, 1, 0x61, 0x12, 1, 0x62, 0x18, 9),
  );
});
