import type { CompiledMessage } from "./compiled.ts";
import type { ScalarType } from "./scalar.ts";

/** An enum: its values by their names in the .proto file. Decoded as a number, unknown ones too. */
export interface EnumTable {
  readonly kind: "enum";
  /** Full name, such as "onnx.TensorProto.DataType". */
  readonly name: string;
  readonly values: Readonly<Record<string, number>>;
}

/** One field of a message. */
export interface FieldTable {
  readonly number: number;
  /** Scalar, enum or message; a function where the message is declared later. */
  readonly type: ScalarType | EnumTable | MessageTable<unknown> | (() => MessageTable<unknown>);
  readonly repeated?: boolean;
  /** Whether a repeated number is *written* packed; default true, as in proto3. Both forms are read. */
  readonly packed?: boolean;
  /** Type of the keys of a map field; `type` is that of its values. Decoded as a Map. */
  readonly map?: ScalarType;
  /** Name of the oneof it belongs to. Absent is undefined; setting one member clears the others. */
  readonly oneof?: string;
  /** Explicit presence: absent is undefined, and a default value that is set is written. */
  readonly optional?: boolean;
  /** "number": 64-bit integers as numbers, refused beyond 2^53; repeated numbers as a plain array. */
  readonly as?: "number";
  /** Name in the .proto file, where it is not the snake case of the key. */
  readonly protoName?: string;
}

/**
 * One message type: all that the codec, and a printer of descriptors, must know. Made by
 * {@link message}; T is the shape of its decoded values.
 */
export interface MessageTable<out T> {
  readonly kind: "message";
  /** Full name, such as "inference.ModelInferRequest". */
  readonly name: string;
  readonly fields: Readonly<Record<string, FieldTable>>;
  /** Whether unknown fields, and an unusual order of fields, survive decoding and encoding. */
  readonly keepUnknown: boolean;
  /** Filled by the codec when it is first used. */
  compiled: CompiledMessage | undefined;
  /** Carries T; never set. */
  readonly example?: T;
}

/**
 * Describes a message whose decoded value is a T: one entry for each property, no other.
 *
 * Decoded values hold every property: absent scalars have their default, absent messages,
 * `optional` and `oneof` fields are undefined, absent repeated fields empty. Repeated numbers
 * are typed arrays (`float` → Float32Array, `int64` → BigInt64Array, `bool` → Uint8Array …).
 */
export function message<T extends object>(
  name: string,
  fields: { readonly [K in keyof T & string]-?: FieldTable },
  options: { readonly keepUnknown?: boolean } = {},
): MessageTable<T> {
  return { kind: "message", name, fields, keepUnknown: options.keepUnknown ?? false, compiled: undefined };
}

/** Describes an enum. */
export function enumeration(name: string, values: Readonly<Record<string, number>>): EnumTable {
  return { kind: "enum", name, values };
}

/** Name of a field in its .proto file: `rawData` → "raw_data". */
export function protoFieldName(key: string, field: FieldTable): string {
  return field.protoName ?? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** What may be given to encode a T: every property may be missing, typed arrays may be plain ones. */
export type Draft<T> = { readonly [K in keyof T]?: DraftValue<T[K]> | undefined };

type DraftValue<V> = V extends Uint8Array
  ? V
  : V extends Float32Array | Float64Array | Int32Array | Uint32Array
    ? ArrayLike<number>
    : V extends BigInt64Array | BigUint64Array
      ? ArrayLike<bigint>
      : V extends ReadonlyMap<infer K, infer E>
        ? ReadonlyMap<K, DraftValue<E>>
        : V extends readonly (infer E)[]
          ? readonly DraftValue<E>[]
          : V extends object
            ? Draft<V>
            : V;
