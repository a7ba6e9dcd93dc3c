import { compiled } from "./compile.ts";
import type { CompiledField, CompiledMessage, Fields } from "./compiled.ts";
import { malformed } from "./malformed.ts";
import { NumberList, type Numbers } from "./number-list.ts";
import { Reader } from "./reader.ts";
import { SCALARS, WIRE } from "./scalar.ts";
import type { MessageTable } from "./table.ts";
import { keepOrder, keepUnknown, skipValue } from "./unknown.ts";

/** Bounds on what a message may make of memory and stack. */
export interface DecodeLimits {
  /** Messages within messages; default 64. */
  readonly maxDepth?: number;
  /** Messages, map entries and byte strings together; default a million. */
  readonly maxParts?: number;
}

const MAX_DEPTH = 64;
const MAX_PARTS = 1_000_000;

/**
 * Decodes one message of `table`. Byte strings, and repeated fixed-width numbers where their
 * alignment allows, are views of `bytes`: nothing large is copied, so `bytes` must not change.
 *
 * @throws PlatformError `invalid_argument`, "malformed protobuf: …", naming the field.
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export function decodeMessage<T>(table: MessageTable<T>, bytes: Uint8Array, limits: DecodeLimits = {}): T {
  const type = compiled(table);
  const reader = new Reader(bytes, limits.maxParts ?? MAX_PARTS);
  // The table was made for T: `message` holds its keys to those of T.
  return readMessage(reader, type, limits.maxDepth ?? MAX_DEPTH) as T;
}

/** A message being read. */
interface Frame {
  readonly value: Fields;
  readonly depth: number;
  /** Its repeated numbers so far, by field number. */
  lists: (NumberList | undefined)[] | undefined;
}

/** Reads up to `reader.end` into a new value, or into one that an earlier piece of it has filled. */
function readMessage(reader: Reader, type: CompiledMessage, depth: number, target?: Fields): Fields {
  if (depth === 0) throw malformed("messages are nested too deep", type.name);
  reader.path = type.name;
  reader.spend();
  const value = target ?? { ...type.template };
  const frame: Frame = { value, depth, lists: undefined };
  const start = reader.at;
  let last = 0;
  let isOrdered = true;
  while (reader.at < reader.end) {
    const from = reader.at;
    const tag = reader.tag();
    const number = tag >>> 3;
    if (number < last) isOrdered = false;
    last = number;
    const field = number < type.byNumber.length ? type.byNumber[number] : undefined;
    if (!field) {
      reader.path = type.name;
      skipValue(reader, tag);
      if (type.keepUnknown) {
        reader.spend();
        keepUnknown(value, number, reader.bytes.subarray(from, reader.at));
      }
    } else if (field.storage) readNumbers(reader, field, tag, frame);
    else readField(reader, field, tag & 7, frame);
  }
  if (frame.lists) finishLists(type, value, frame.lists);
  if (!isOrdered && type.keepUnknown) keepOrder(value, reader, start);
  return value;
}

function readField(reader: Reader, field: CompiledField, wireType: number, { value, depth }: Frame): void {
  reader.path = field.path;
  if (wireType !== field.wireType) {
    if (wireType === WIRE.bytes && field.repeated) readPackedPlain(reader, field, value);
    else throw wrongWireType(reader, field, wireType);
    return;
  }
  if (field.entry) putEntry(value, field, readNested(reader, field.entry, depth));
  else if (field.repeated) {
    plainList(value, field.key).push(
      field.nested ? readNested(reader, field.nested, depth) : readScalar(reader, field),
    );
  } else if (field.nested) {
    value[field.key] = readNested(reader, field.nested, depth, value[field.key] as Fields | undefined);
  } else value[field.key] = readScalar(reader, field);
  for (const rival of field.rivals) value[rival] = undefined;
}

function readScalar(reader: Reader, { type, asNumber }: CompiledField): unknown {
  if (type === "message") return undefined;
  const scalar = SCALARS[type];
  return asNumber && scalar.readNumber ? scalar.readNumber(reader) : scalar.read(reader);
}

function readNested(reader: Reader, type: CompiledMessage, depth: number, target?: Fields): Fields {
  const length = reader.length();
  const outer = reader.end;
  reader.end = reader.at + length;
  const value = readMessage(reader, type, depth - 1, target);
  reader.end = outer;
  return value;
}

function putEntry(value: Fields, { key, nested }: CompiledField, entry: Fields): void {
  if (entry["value"] === undefined && nested) entry["value"] = { ...nested.template };
  let map = value[key] as Map<unknown, unknown>;
  if (map.size === 0) value[key] = map = new Map();
  map.set(entry["key"], entry["value"]);
}

/** The array of a repeated field, its own from the first element on. */
function plainList(value: Fields, key: string): unknown[] {
  const list = value[key] as unknown[];
  if (list.length > 0) return list;
  const own: unknown[] = [];
  value[key] = own;
  return own;
}

function readPackedPlain(reader: Reader, field: CompiledField, value: Fields): void {
  const isNumber = field.type !== "message" && SCALARS[field.type].wireType !== WIRE.bytes;
  if (!isNumber) throw wrongWireType(reader, field, WIRE.bytes);
  const end = reader.length() + reader.at;
  const outer = reader.end;
  reader.end = end;
  if (reader.at < end) {
    const list = plainList(value, field.key);
    while (reader.at < end) list.push(readScalar(reader, field));
  }
  reader.end = outer;
}

function readNumbers(reader: Reader, field: CompiledField, tag: number, frame: Frame): void {
  reader.path = field.path;
  const lists = (frame.lists ??= []);
  let list = lists[field.number];
  if (!list && field.storage) {
    const existing = frame.value[field.key] as Numbers;
    // A message in many pieces copies its numbers for each: that work is bounded too.
    reader.spend(existing.length >> 4);
    list = new NumberList(field.storage, existing);
    lists[field.number] = list;
  }
  const wireType = tag & 7;
  if (wireType === WIRE.bytes) list?.readPacked(reader, reader.length() + reader.at);
  else if (wireType !== field.wireType) throw wrongWireType(reader, field, wireType);
  else list?.readSingles(reader, tag);
}

function finishLists(type: CompiledMessage, value: Fields, lists: (NumberList | undefined)[]): void {
  for (let number = 0; number < lists.length; number++) {
    const list = lists[number];
    const field = type.byNumber[number];
    if (list && field) value[field.key] = list.result();
  }
}

function wrongWireType(reader: Reader, field: CompiledField, wireType: number): Error {
  return reader.malformed(`wire type ${wireType}, expected ${field.wireType}`);
}
