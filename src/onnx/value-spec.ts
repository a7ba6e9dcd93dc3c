import type { DType } from "../tensor/index.ts";
import { elementType } from "./element-type.ts";
import type { MapTypeProto, TensorTypeProto, TypeProto, ValueInfoProto } from "./proto.ts";

/** What an input or output holds. A tensor that may be absent is a tensor with `optional`. */
export type ValueKind = "tensor" | "sequence-of-map" | "map" | "sequence" | "optional" | "sparse" | "other";

/** An input or output as the file declares it. */
export interface ValueSpec {
  readonly name: string;
  readonly kind: ValueKind;
  /** Type of the elements, or of a map's values; undefined where requests cannot carry it. */
  readonly dtype: DType | undefined;
  /** ONNX's name of it, such as "FLOAT8E4M3FN". */
  readonly elementType: string;
  /** Type of a map's keys. */
  readonly keyType: DType | undefined;
  /** Sizes, −1 where free; undefined where not even their number is declared. */
  readonly shape: readonly number[] | undefined;
  /** Names of the free sizes; same length as `shape`. */
  readonly symbols: readonly (string | undefined)[];
  readonly optional: boolean;
  readonly description: string;
}

/** An input or output from its declaration. */
export function valueSpec({ name = "", docString: description = "", type }: ValueInfoProto): ValueSpec {
  return { name, description, ...(type ? described(type) : { ...tensorType(undefined), ...OTHER }) };
}

const OTHER = { kind: "other", optional: false } as const;

function described(type: TypeProto): Omit<ValueSpec, "name" | "description"> {
  const { tensorType: tensor, sequenceType: sequence, mapType: map, sparseTensorType: sparse } = type;
  if (tensor) return { ...tensorType(tensor), kind: "tensor", optional: false };
  if (type.optionalType) return describedOptional(type.optionalType.elemType);
  if (map) return { ...mapType(map), kind: "map", optional: false };
  if (sparse) return { ...tensorType(sparse), kind: "sparse", optional: false };
  const element = sequence?.elemType;
  if (element?.mapType) return { ...mapType(element.mapType), kind: "sequence-of-map", optional: false };
  return { ...tensorType(element?.tensorType), ...OTHER, ...(sequence && { kind: "sequence" }) };
}

function describedOptional(inner: TypeProto | undefined): Omit<ValueSpec, "name" | "description"> {
  const kind = inner?.tensorType ? "tensor" : "optional";
  return { ...tensorType(inner?.tensorType), kind, optional: true };
}

function mapType(map: MapTypeProto) {
  return { ...tensorType(map.valueType?.tensorType), keyType: elementType(map.keyType).dtype };
}

function tensorType(type: TensorTypeProto | undefined) {
  const { name, dtype } = elementType(type?.elemType);
  const dims = type?.shape?.dim;
  return {
    dtype,
    elementType: name,
    keyType: undefined,
    // Old exporters write 0 or a negative size for "any".
    shape: dims?.map(({ dimValue }) => (dimValue === undefined || dimValue < 0 ? -1 : dimValue)),
    symbols: dims?.map(({ dimParam }) => dimParam || undefined) ?? [],
  };
}
