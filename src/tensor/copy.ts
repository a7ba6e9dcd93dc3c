import { Strings } from "./strings.ts";
import type { Tensor, Tensors } from "./tensor.ts";

/** Tensors with memory of their own, for whoever outlives the request that they came with. */
export function copyTensors(tensors: Tensors): Tensors {
  return new Map([...tensors].map(([name, tensor]) => [name, { ...tensor, data: copyOf(tensor.data) }]));
}

function copyOf(data: Tensor["data"]): Tensor["data"] {
  return data instanceof Strings ? new Strings(data.bytes.slice(), data.offsets.slice()) : data.slice();
}
