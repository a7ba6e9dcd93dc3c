import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type DType, Strings, type Tensor, tensorOf } from "../tensor/index.ts";
import { resizeAxis } from "./resize-axis.ts";

const valuesOf = ({ data }: Tensor) =>
  data instanceof Strings ? data.toArray() : Array.from(data as Float64Array);

test("a longer axis gets zeros or empty strings, a shorter one loses its end", () => {
  const x = tensorOf("FP32", [2, 2], [1, 2, 3, 4]);
  assert.deepEqual(valuesOf(resizeAxis(x, 1, 3)), [1, 2, 0, 3, 4, 0]);
  assert.deepEqual(valuesOf(resizeAxis(x, 1, 1)), [1, 3]);
  assert.deepEqual(valuesOf(resizeAxis(x, 0, 3)), [1, 2, 3, 4, 0, 0]);
  const s = tensorOf("BYTES", [2, 2], ["a", "bc", "", "ñ"]);
  assert.deepEqual(valuesOf(resizeAxis(s, 1, 3)), ["a", "bc", "", "", "ñ", ""]);
  assert.deepEqual(valuesOf(resizeAxis(s, 1, 1)), ["a", ""]);
});

test("each element stands where a naive copy by coordinates puts it", () => {
  const shape = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 });
  const dtype = fc.constantFrom<DType>("FP64", "BYTES", "INT64");
  fc.assert(
    fc.property(shape, fc.nat(3), fc.integer({ min: 0, max: 5 }), dtype, (sizes, anyAxis, size, type) => {
      const axis = anyAxis % sizes.length;
      const count = sizes.reduce((a, b) => a * b, 1);
      const tensor = tensorOf(
        type,
        sizes,
        Array.from({ length: count }, (_, i) => i + 1),
      );
      const resized = resizeAxis(tensor, axis, size);
      const [from, to] = [valuesOf(tensor), valuesOf(resized)];
      assert.deepEqual(resized.shape, sizes.with(axis, size));
      for (const [i, value] of to.entries()) {
        const at = coordinates(i, resized.shape);
        const isInside = (at[axis] ?? 0) < (sizes[axis] ?? 0);
        const blank = type === "BYTES" ? "" : type === "INT64" ? 0n : 0;
        assert.equal(value, isInside ? from[index(at, sizes)] : blank);
      }
    }),
  );
});

function coordinates(position: number, shape: readonly number[]): number[] {
  let rest = position;
  return shape
    .toReversed()
    .map((size) => {
      const at = rest % size;
      rest = Math.floor(rest / size);
      return at;
    })
    .toReversed();
}

function index(at: readonly number[], shape: readonly number[]): number {
  return at.reduce((sum, position, axis) => sum * (shape[axis] ?? 0) + position, 0);
}
