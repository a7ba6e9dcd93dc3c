import { createStorage, elementCount, Strings, type Tensor } from "../tensor/index.ts";

/**
 * A copy of a tensor whose axis `axis` has `size` entries: what is more is left off, what is missing
 * is 0 or "". The inverse of its own enlargement.
 */
export function resizeAxis(tensor: Tensor, axis: number, size: number): Tensor {
  const { dtype, data } = tensor;
  const shape = tensor.shape.with(axis, size);
  const inner = elementCount(shape.slice(axis + 1));
  const from = (tensor.shape[axis] ?? 0) * inner;
  const blocks = { count: elementCount(shape.slice(0, axis)), from, to: size * inner };
  if (data instanceof Strings) return { dtype, shape, data: resizeStrings(data, blocks) };
  const resized = createStorage(dtype, blocks.count * blocks.to) as Uint8Array; // One dtype, one storage.
  const kept = Math.min(blocks.from, blocks.to);
  for (let i = 0; i < blocks.count; i++) {
    resized.set((data as Uint8Array).subarray(i * from, i * from + kept), i * blocks.to);
  }
  return { dtype, shape, data: resized };
}

/** How many equal blocks, of how many elements each before and after. */
interface Blocks {
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

function resizeStrings(data: Strings, { count, from, to }: Blocks): Strings {
  const items: (string | Uint8Array)[] = [];
  for (let block = 0; block < count; block++) {
    for (let i = 0; i < to; i++) items.push(i < from ? data.bytesAt(block * from + i) : "");
  }
  return Strings.from(items);
}
