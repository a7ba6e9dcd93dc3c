import type { JSX } from "react";
import { Button } from "../../parts/button.tsx";
import { useNumbers } from "../../parts/numbers.ts";
import { Slider } from "../../parts/slider.tsx";
import { TextField } from "../../parts/text-field.tsx";
import { useText } from "../../text/language.tsx";
import style from "./endpoints.module.css";
import { nextName, type Plan, type PlannedVariant, sharesOf } from "./plan.ts";
import { words } from "./words.ts";

interface PlanFormProps {
  readonly plan: Plan;
  readonly onChange: (plan: Plan) => void;
}

const MOST_VARIANTS = 20;

/** Variants with their weights, and the shadow beside them. */
export function PlanForm({ plan, onChange }: PlanFormProps): JSX.Element {
  const text = useText(words);
  const { variants, shadowTarget, percent } = plan;
  const shares = sharesOf(variants);
  const set = (next: readonly PlannedVariant[]) => onChange({ ...plan, variants: next });
  const add = () => set([...variants, { name: nextName(variants), target: "", weight: 0 }]);
  return (
    <>
      {variants.map((variant, at) => (
        <VariantFields
          key={variant.name}
          variant={variant}
          share={shares[at] ?? 0}
          onChange={(next) => set(variants.with(at, next))}
          onRemove={variants.length > 1 ? () => set(variants.toSpliced(at, 1)) : undefined}
        />
      ))}
      <div>
        <Button small onClick={add} disabled={variants.length >= MOST_VARIANTS}>
          {text.addVariant}
        </Button>
      </div>
      <fieldset className={style["fields"]}>
        <legend>{text.shadow}</legend>
        <TextField
          label={text.shadowTarget}
          value={shadowTarget}
          onChange={(next) => onChange({ ...plan, shadowTarget: next.trim() })}
          help={text.shadowHelp}
        />
        {shadowTarget !== "" && (
          <TextField
            label={text.percent}
            type="number"
            min={0}
            max={100}
            value={String(percent)}
            onChange={(next) => onChange({ ...plan, percent: Number(next) })}
          />
        )}
      </fieldset>
    </>
  );
}

interface VariantFieldsProps {
  readonly variant: PlannedVariant;
  /** Of all requests, 0 to 1. */
  readonly share: number;
  readonly onChange: (variant: PlannedVariant) => void;
  readonly onRemove: (() => void) | undefined;
}

function VariantFields({ variant, share, onChange, onRemove }: VariantFieldsProps): JSX.Element {
  const text = useText(words);
  const { percent } = useNumbers();
  const { name, target, weight } = variant;
  return (
    <fieldset className={style["fields"]}>
      <legend>{text.variant(name)}</legend>
      <TextField
        label={text.target}
        value={target}
        onChange={(next) => onChange({ ...variant, target: next.trim() })}
        help={text.targetHelp}
        required
      />
      <Slider
        label={text.weight(name)}
        value={weight}
        min={0}
        max={100}
        onChange={(next) => onChange({ ...variant, weight: next })}
        shown={percent(share)}
      />
      {onRemove && (
        <div>
          <Button small kind="quiet" onClick={onRemove}>
            {text.removeVariant(name)}
          </Button>
        </div>
      )}
    </fieldset>
  );
}
