import type { Signature, TensorSpec } from "../model/index.ts";

/** Where the size of an output's axis comes from: it is fixed, the rows of the run, or an input's axis of the same name. */
export type AxisSource = number | "rows" | { readonly input: number; readonly axis: number };

/** Sizes of an output as they follow from the inputs; undefined where the file does not tell one. */
export function outputAxes({ inputs }: Signature, output: TensorSpec): readonly AxisSource[] | undefined {
  const axes: AxisSource[] = [];
  for (const [axis, size] of output.shape.entries()) {
    const source = size >= 0 ? size : freeAxis(inputs, output, axis);
    if (source === undefined) return undefined;
    axes.push(source);
  }
  return axes;
}

function freeAxis(inputs: readonly TensorSpec[], output: TensorSpec, axis: number): AxisSource | undefined {
  if (axis === 0 && output.batchAxis === 0) return "rows";
  const symbol = output.symbols?.[axis];
  if (!symbol) return undefined;
  for (const [input, { symbols, optional }] of inputs.entries()) {
    const found = optional ? -1 : (symbols?.indexOf(symbol) ?? -1);
    if (found >= 0) return { input, axis: found };
  }
  return undefined;
}

/** The sizes for one run; `shapeOf` gives the joined shape of an input by its index. */
export function outputShape(
  axes: readonly AxisSource[],
  rows: number,
  shapeOf: (input: number) => readonly number[],
): number[] {
  const shape: number[] = [];
  for (const source of axes) {
    if (typeof source === "number") shape.push(source);
    else shape.push(source === "rows" ? rows : (shapeOf(source.input)[source.axis] ?? 0));
  }
  return shape;
}
