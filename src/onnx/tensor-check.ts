import { elementCount } from "../tensor/index.ts";
import { type ElementType, elementType } from "./element-type.ts";
import type { TensorProto } from "./proto.ts";
import { checkName, quoted, refusal } from "./refusal.ts";

/** Value of TensorProto.data_location for data in a file of its own. */
const EXTERNAL = 1;

/**
 * Checks that a tensor holds exactly the elements it declares, so that nobody allocates by a
 * declaration. Returns its bytes in memory if its data is external (0 for what lies in the file).
 *
 * @throws PlatformError `failed_precondition`, naming the tensor.
 */
export function checkTensor(tensor: TensorProto): { readonly externalBytes: number } | undefined {
  const name = tensor.name ?? "";
  checkName("tensor", name);
  const type = elementType(tensor.dataType);
  if (type.bits === 0 && type.name !== "STRING") {
    throw wrong(tensor, `has element type ${type.name}, which is not known`);
  }
  if (tensor.dims.some((size) => size < 0)) throw wrong(tensor, `has a negative size in [${tensor.dims}]`);
  if (tensor.segment) throw wrong(tensor, "is a segment of a tensor, which is not supported");
  const declared = elementCount(tensor.dims);
  if (tensor.dataLocation === EXTERNAL) {
    if (type.name === "STRING") throw wrong(tensor, "holds strings in external data");
    return { externalBytes: Math.ceil((declared * type.bits) / 8) };
  }
  const { held, expected, unit } = contents(tensor, type, declared);
  if (held === expected) return undefined;
  throw wrong(tensor, `declares ${expected} ${unit} by its shape [${tensor.dims}] and holds ${held}`, {
    expected: `${expected} ${unit}`,
    got: `${held} ${unit}`,
  });
}

function contents(tensor: TensorProto, type: ElementType, declared: number) {
  const { rawData } = tensor;
  if (
    rawData !== undefined &&
    type.name !== "STRING" &&
    (rawData.length > 0 || typedLength(tensor, type) === 0)
  ) {
    return { held: rawData.length, expected: Math.ceil((declared * type.bits) / 8), unit: "bytes" };
  }
  return { held: typedLength(tensor, type), expected: typedWords(type, declared), unit: "elements" };
}

/** Complex numbers are pairs; elements below a byte share the words of int32_data. */
function typedWords({ name, bits }: ElementType, declared: number): number {
  if (name.startsWith("COMPLEX")) return declared * 2;
  return bits > 0 && bits < 8 ? Math.ceil((declared * bits) / 8) : declared;
}

/** Elements in the field that onnx.proto assigns to a type. */
function typedLength(tensor: TensorProto, { name }: ElementType): number {
  switch (name) {
    case "FLOAT":
    case "COMPLEX64":
      return tensor.floatData.length;
    case "DOUBLE":
    case "COMPLEX128":
      return tensor.doubleData.length;
    case "INT64":
      return tensor.int64Data.length;
    case "UINT32":
    case "UINT64":
      return tensor.uint64Data.length;
    case "STRING":
      return tensor.stringData.length;
    default:
      return tensor.int32Data.length;
  }
}

function wrong(tensor: TensorProto, problem: string, details: { expected?: string; got?: string } = {}) {
  const name = quoted(tensor.name ?? "");
  return refusal(`tensor ${name} ${problem}`, { field: `tensor ${name}`, ...details });
}
