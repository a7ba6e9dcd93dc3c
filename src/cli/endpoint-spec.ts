import { InvalidArgumentError } from "commander";

/** A variant as the options name it. */
export interface VariantOption {
  readonly name: string;
  readonly target: string;
  readonly weight: number;
}

/** Reads "a=churn@champion:90" and collects. */
export function variantOption(text: string, before: readonly VariantOption[] = []): VariantOption[] {
  const [, name = "", target = "", weight] = /^([^=]+)=([^:]+):(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (weight === undefined) {
    throw new InvalidArgumentError('expected NAME=TARGET:WEIGHT, such as "a=churn@champion:90".');
  }
  return [...before, { name, target, weight: Number(weight) }];
}

/** Reads "churn@8:50%" or "churn@8". */
export function shadowOption(text: string): { readonly target: string; readonly percent: number } {
  const [, target, percent = "100"] = /^([^:]+)(?::(\d+(?:\.\d+)?)%?)?$/.exec(text) ?? [];
  if (target === undefined) throw new InvalidArgumentError('expected TARGET:PERCENT, such as "churn@8:50%".');
  return { target, percent: Number(percent) };
}
