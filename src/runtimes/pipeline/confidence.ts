import { PlatformError } from "../../base/index.ts";
import { elementCount, fromBrain, fromHalf, Strings, type Tensor } from "../../tensor/index.ts";
import type { Condition } from "./pipeline-file.ts";

/**
 * Which rows of `scores` are under the threshold: indexes, ascending. NaN is: nothing is known of it.
 *
 * @throws PlatformError `internal` if they are no scores.
 */
export function unsureRows(scores: Tensor, { measure, under }: Condition, where: string): number[] {
  const [count, ...rowShape] = scores.shape;
  const each = elementCount(rowShape);
  const least = measure === "margin" ? 2 : 1;
  const isOne = measure !== "value" || each === 1;
  if (count === undefined || scores.data instanceof Strings || each < least || !isOne) {
    const expected = measure === "value" ? "one number per row" : `at least ${least} numbers per row`;
    throw new PlatformError(
      "internal",
      `${where} is ${scores.dtype}[${scores.shape}], expected ${expected}`,
      { field: where },
    );
  }
  const number = reader(scores);
  return Array.from({ length: count }, (_, row) => row).filter((row) => {
    let [largest, second] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let index = row * each; index < (row + 1) * each; index += 1) {
      const score = number(index);
      if (Number.isNaN(score)) return true;
      if (score > largest) [largest, second] = [score, largest];
      else if (score > second) second = score;
    }
    return (measure === "margin" ? largest - second : largest) < under;
  });
}

function reader({ dtype, data }: Tensor): (index: number) => number {
  const values = data as Exclude<Tensor["data"], Strings>;
  if (dtype === "FP16") return (index) => fromHalf(Number(values[index]));
  if (dtype === "BF16") return (index) => fromBrain(Number(values[index]));
  return (index) => Number(values[index]);
}
