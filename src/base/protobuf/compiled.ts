import type { NumberStorage } from "./number-list.ts";
import type { ScalarType } from "./scalar.ts";

/** A decoded message while the codec works on it. */
export type Fields = Record<string, unknown>;

/** Types as the codec sees them: an enum is an int32. */
export type ValueType = ScalarType | "message";

/** A field with everything looked up once. */
export interface CompiledField {
  /** Property of the decoded value. */
  readonly key: string;
  readonly number: number;
  /** For messages to people: "inference.ModelInferRequest.model_name". */
  readonly path: string;
  readonly type: ValueType;
  readonly repeated: boolean;
  /** Written packed. */
  readonly packed: boolean;
  /** Wire type of one element. */
  readonly wireType: number;
  /** Storage of a repeated number that is decoded to a typed array. */
  readonly storage: NumberStorage | undefined;
  readonly nested: CompiledMessage | undefined;
  /** Key and value of a map field. */
  readonly entry: CompiledMessage | undefined;
  /** The other members of its oneof. */
  readonly rivals: readonly string[];
  /** Absent is undefined. */
  readonly presence: boolean;
  readonly asNumber: boolean;
}

/** A message table prepared for the codec. */
export interface CompiledMessage {
  readonly name: string;
  /** By field number; holes are undefined. */
  readonly byNumber: readonly (CompiledField | undefined)[];
  /** Ascending by number: the order of writing. */
  readonly fields: readonly CompiledField[];
  /** A value with every field absent; copied for each message. */
  readonly template: Fields;
  readonly keepUnknown: boolean;
}
