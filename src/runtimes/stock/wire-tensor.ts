import { concatRows, Strings, type Tensor, type Tensors } from "../../tensor/index.ts";
import type { WireTensor } from "./message.ts";

/** The parts' inputs joined on axis 0, as they are sent to a child. */
export function toWire(parts: readonly Tensors[]): Map<string, WireTensor> {
  const [first] = parts;
  const wire = new Map<string, WireTensor>();
  for (const [name, tensor] of first ?? []) {
    wire.set(name, wireTensor(parts.length === 1 ? tensor : concatRows(columnOf(parts, name))));
  }
  return wire;
}

/** What a child sent, as tensors. */
export function fromWire(wire: ReadonlyMap<string, WireTensor>): Tensors {
  const tensors = new Map<string, Tensor>();
  for (const [name, tensor] of wire) {
    const { dtype, shape } = tensor;
    const data = tensor.dtype === "BYTES" ? new Strings(tensor.bytes, tensor.offsets) : tensor.data;
    tensors.set(name, { dtype, shape, data });
  }
  return tensors;
}

/** One tensor as it is sent. */
export function wireTensor({ dtype, shape, data }: Tensor): WireTensor {
  if (!(data instanceof Strings)) return { dtype: dtype as Exclude<typeof dtype, "BYTES">, shape, data };
  return { dtype: "BYTES", shape, bytes: data.bytes, offsets: data.offsets };
}

function columnOf(parts: readonly Tensors[], name: string): Tensor[] {
  return parts.map((part) => {
    const tensor = part.get(name);
    if (!tensor) throw new RangeError(`parts differ in "${name}"`);
    return tensor;
  });
}
