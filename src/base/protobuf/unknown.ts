import type { Fields } from "./compiled.ts";
import type { Reader } from "./reader.ts";
import { WIRE } from "./scalar.ts";

/** One field that the table does not know, tag included, as it was read. */
export interface UnknownField {
  readonly number: number;
  readonly bytes: Uint8Array;
}

const UNKNOWN = Symbol("unknown fields");
const ORDER = Symbol("order of fields");

/** A decoded message with what the table does not describe. */
type Kept = Fields & { [UNKNOWN]?: UnknownField[]; [ORDER]?: readonly number[] };

/** Moves over the value after `tag`. @throws for groups, which proto3 does not have. */
export function skipValue(reader: Reader, tag: number): void {
  const wireType = tag & 7;
  if (tag >>> 3 === 0) throw reader.malformed("field number 0");
  if (wireType === WIRE.varint) reader.varint();
  else if (wireType === WIRE.fixed64) reader.fixed64();
  else if (wireType === WIRE.bytes) reader.skip(reader.length());
  else if (wireType === WIRE.fixed32) reader.fixed32();
  else throw reader.malformed(`wire type ${wireType} is not supported`);
}

/** Keeps an unknown field; a copy of the message by spread keeps it too. */
export function keepUnknown(value: Fields, number: number, bytes: Uint8Array): void {
  const kept = value as Kept;
  (kept[UNKNOWN] ??= []).push({ number, bytes });
}

/** The unknown fields of a decoded message, in order. */
export function unknownFields(value: Fields): readonly UnknownField[] {
  return (value as Kept)[UNKNOWN] ?? [];
}

/**
 * Keeps the numbers of the fields of a message that were not written in ascending order, so that
 * it can be written as it was. Not enumerable: a changed copy has the usual order.
 */
export function keepOrder(value: Fields, reader: Reader, start: number): void {
  const order: number[] = [];
  const { end } = reader;
  reader.at = start;
  while (reader.at < end) {
    const tag = reader.tag();
    skipValue(reader, tag);
    order.push(tag >>> 3);
  }
  Object.defineProperty(value, ORDER, { value: order, configurable: true });
}

/** The order that {@link keepOrder} kept. */
export function keptOrder(value: Fields): readonly number[] | undefined {
  return (value as Kept)[ORDER];
}
