import type { Endpoint } from "../../data/api.ts";

/** A variant as a person moves it. */
export interface PlannedVariant {
  readonly name: string;
  readonly target: string;
  readonly weight: number;
}

export interface Plan {
  readonly variants: readonly PlannedVariant[];
  /** Empty: no shadow. */
  readonly shadowTarget: string;
  readonly percent: number;
}

export const NEW_PLAN: Plan = {
  variants: [
    { name: "a", target: "", weight: 90 },
    { name: "b", target: "", weight: 10 },
  ],
  shadowTarget: "",
  percent: 100,
};

export const planOf = ({ variants, shadow }: Endpoint): Plan => ({
  variants,
  shadowTarget: shadow?.target ?? "",
  percent: shadow?.percent ?? 100,
});

/** Shares from 0 to 1, in the order of the variants. */
export function sharesOf(variants: readonly PlannedVariant[]): readonly number[] {
  const total = variants.reduce((sum, { weight }) => sum + weight, 0);
  return variants.map(({ weight }) => (total === 0 ? 0 : weight / total));
}

/** The body of a change; what a plan does not hold stays as it was. */
export function specOf({ variants, shadowTarget, percent }: Plan, before?: Endpoint) {
  const { splitKey, salt, shadow } = before ?? {};
  return {
    variants: [...variants],
    ...(shadowTarget !== "" && { shadow: { ...shadow, target: shadowTarget, percent } }),
    ...(splitKey !== undefined && { splitKey }),
    ...(salt !== undefined && { salt }),
  };
}

const LETTERS = "a b c d e f g h i j k l m n o p q r s t".split(" ");

/** A name that no variant has yet. */
export function nextName(variants: readonly PlannedVariant[]): string {
  const taken = new Set(variants.map(({ name }) => name));
  return LETTERS.find((letter) => !taken.has(letter)) ?? `v${variants.length + 1}`;
}
