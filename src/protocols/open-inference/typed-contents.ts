import { createStorage, type DType, elementBytes, Strings, type Tensor } from "../../tensor/index.ts";
import type { InputHead, Place } from "./infer-call.ts";
import type { InferTensorContents } from "./infer-messages.ts";
import { wrongByteSize, wrongStringCount } from "./raw-tensor.ts";
import { refuse } from "./refusal.ts";

type ContentsField = keyof InferTensorContents;

/** Which field carries each dtype; FP16 and BF16 have none. */
const FIELD_OF: Partial<Record<DType, ContentsField>> = {
  BOOL: "bool_contents",
  INT8: "int_contents",
  INT16: "int_contents",
  INT32: "int_contents",
  INT64: "int64_contents",
  UINT8: "uint_contents",
  UINT16: "uint_contents",
  UINT32: "uint_contents",
  UINT64: "uint64_contents",
  FP32: "fp32_contents",
  FP64: "fp64_contents",
  BYTES: "bytes_contents",
};

/** How a field is called in the refusal of its use. */
const NAME_OF: Record<ContentsField, string> = {
  bool_contents: "BOOL",
  int_contents: "INT32",
  int64_contents: "INT64",
  uint_contents: "UINT32",
  uint64_contents: "UINT64",
  fp32_contents: "FP32",
  fp64_contents: "FP64",
  bytes_contents: "BYTES",
};

/**
 * An input's tensor from its typed contents; those of the element's own width are not copied.
 *
 * @throws PlatformError `invalid_argument` in the contract's words.
 */
export function decodeContents(
  head: InputHead,
  contents: InferTensorContents | undefined,
  place: Place,
): Tensor {
  const { dtype, shape, count, name } = head;
  const field = FIELD_OF[dtype];
  const used = contents && usedField(contents);
  if (used && used !== field) throw otherField(head, used, place);
  if (!contents || !field || (!used && count > 0)) {
    const text = `unable to find data for input tensor '${name}' for model '${place.model}' in request.`;
    throw refuse("invalid_argument", text, { field: name });
  }
  const values = contents[field];
  if (field === "bytes_contents") {
    if (values.length !== count) throw wrongStringCount(head, values.length, place);
    return { dtype, shape, data: Strings.from(contents.bytes_contents) };
  }
  const size = elementBytes(dtype);
  if (values.length !== count) throw wrongByteSize(head, count * size, values.length * size, place);
  return { dtype, shape, data: narrowed(head, values as NumericContents) };
}

type NumericContents = Exclude<InferTensorContents[ContentsField], readonly Uint8Array[]>;

/** The first field that holds something. */
function usedField(contents: InferTensorContents): ContentsField | undefined {
  for (const field of Object.keys(NAME_OF) as ContentsField[]) {
    if (contents[field].length > 0) return field;
  }
  return undefined;
}

function otherField({ name, dtype }: InputHead, used: ContentsField, { model }: Place): Error {
  const text = `unexpected explicit tensor data for input tensor '${name}' for model '${model}' of type '${NAME_OF[used]}', expected datatype '${dtype}'`;
  return refuse("invalid_argument", text, {
    field: name,
    got: used,
    expected: FIELD_OF[dtype] ?? "raw_input_contents",
  });
}

/** The values in storage of the dtype: 8 and 16 bits travel as 32. */
function narrowed({ name, dtype, count }: InputHead, values: NumericContents): Tensor["data"] {
  if (values.BYTES_PER_ELEMENT === elementBytes(dtype)) return values;
  const storage = createStorage(dtype, count) as Int8Array;
  for (let i = 0; i < count; i++) {
    const value = Number(values[i]);
    storage[i] = value;
    if (storage[i] !== value) {
      const text = `value ${value} of input '${name}' is outside the range of ${dtype}`;
      throw refuse("invalid_argument", text, {
        field: name,
        got: String(value),
        expected: `values of ${dtype}`,
      });
    }
  }
  return storage;
}
