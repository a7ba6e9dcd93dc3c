import { compiled } from "./compile.ts";
import type { CompiledField, CompiledMessage, Fields } from "./compiled.ts";
import { putPacked, putScalar } from "./put.ts";
import { type Sink, Sizer, Writer } from "./sink.ts";
import type { Draft, MessageTable } from "./table.ts";
import { keptOrder, unknownFields } from "./unknown.ts";

/** Encodes a message into one buffer. Fields are written in ascending order, defaults left out. */
export function encodeMessage<T>(table: MessageTable<T>, value: Draft<T>): Uint8Array {
  const [bytes] = encode(table, value, false);
  return bytes ?? new Uint8Array(0);
}

/**
 * The same as chunks to be written one after the other. Large byte strings and typed arrays are
 * not copied, so they must not change until the chunks are sent.
 */
export function encodeChunks<T>(table: MessageTable<T>, value: Draft<T>): Uint8Array[] {
  return encode(table, value, true);
}

function encode(table: MessageTable<unknown>, value: Fields, isChunked: boolean): Uint8Array[] {
  const type = compiled(table);
  const sizer = new Sizer();
  putMessage(sizer, type, value);
  const writer = new Writer(sizer, isChunked);
  putMessage(writer, type, value);
  return writer.chunks();
}

function putMessage(sink: Sink, type: CompiledMessage, value: Fields): void {
  const order = type.keepUnknown ? keptOrder(value) : undefined;
  if (order && putInOrder(sink, type, value, order)) return;
  for (const field of type.fields) {
    const content = value[field.key];
    if (content !== undefined) putField(sink, field, content);
  }
  if (type.keepUnknown) for (const { bytes } of unknownFields(value)) sink.raw(bytes);
}

function putField(sink: Sink, field: CompiledField, content: unknown): void {
  if (field.entry) putMap(sink, field, field.entry, content as ReadonlyMap<unknown, unknown>);
  else if (!field.repeated) {
    if (field.presence || !isDefault(content)) putElement(sink, field, content);
  } else if (field.packed) putPackedField(sink, field, content as ArrayLike<number | bigint>);
  else {
    const list = content as ArrayLike<unknown>;
    for (let i = 0; i < list.length; i++) putElement(sink, field, list[i]);
  }
}

/** One element with its tag. */
function putElement(sink: Sink, field: CompiledField, content: unknown): void {
  sink.varint((field.number << 3) | field.wireType, 0);
  if (field.type !== "message") return putScalar(sink, field.type, content);
  const mark = sink.open();
  if (field.nested) putMessage(sink, field.nested, content as Fields);
  sink.close(mark);
}

function putPackedField(sink: Sink, field: CompiledField, list: ArrayLike<number | bigint>): void {
  if (list.length === 0 || field.type === "message") return;
  sink.varint((field.number << 3) | 2, 0);
  const mark = sink.open();
  putPacked(sink, field.type, list);
  sink.close(mark);
}

function putMap(
  sink: Sink,
  field: CompiledField,
  entry: CompiledMessage,
  map: ReadonlyMap<unknown, unknown>,
): void {
  for (const [key, value] of map) {
    sink.varint((field.number << 3) | 2, 0);
    const mark = sink.open();
    putMessage(sink, entry, { key, value });
    sink.close(mark);
  }
}

/** Whether proto3 leaves a value out: 0 (not −0), false, "", no bytes. */
function isDefault(content: unknown): boolean {
  if (typeof content === "number") return Object.is(content, 0);
  if (content instanceof Uint8Array) return content.length === 0;
  return content === false || content === 0n || content === "";
}

/**
 * Writes a message that was read in an unusual order in that order again.
 * Returns whether it could: not if fields were added or removed since.
 */
function putInOrder(sink: Sink, type: CompiledMessage, value: Fields, order: readonly number[]): boolean {
  const waiting = new Map<number, (() => void)[]>();
  for (const field of type.fields) {
    const pieces = piecesOf(sink, field, value[field.key]);
    if (pieces.length > 0) waiting.set(field.number, pieces.toReversed());
  }
  for (const { number, bytes } of unknownFields(value).toReversed()) {
    const pieces = waiting.get(number) ?? [];
    pieces.push(() => sink.raw(bytes));
    waiting.set(number, pieces);
  }
  let count = 0;
  for (const pieces of waiting.values()) count += pieces.length;
  const steps = order.map((number) => waiting.get(number)?.pop());
  if (count !== order.length || steps.includes(undefined)) return false;
  for (const step of steps) step?.();
  return true;
}

/** What writes each occurrence of a field on the wire. */
function piecesOf(sink: Sink, field: CompiledField, content: unknown): (() => void)[] {
  if (content === undefined) return [];
  if (field.repeated && !field.packed) {
    return Array.from(content as ArrayLike<unknown>, (item) => () => putElement(sink, field, item));
  }
  const isLeftOut = field.repeated
    ? (content as ArrayLike<unknown>).length === 0
    : !field.presence && !field.entry && isDefault(content);
  return isLeftOut ? [] : [() => putField(sink, field, content)];
}
