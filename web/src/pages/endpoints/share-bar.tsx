import type { JSX } from "react";
import { useNumbers } from "../../parts/numbers.ts";
import style from "./endpoints.module.css";
import { type PlannedVariant, sharesOf } from "./plan.ts";

const COLORS = 5;

/** How the requests divide, as one bar with its legend. */
export function ShareBar({ variants }: { readonly variants: readonly PlannedVariant[] }): JSX.Element {
  const { percent } = useNumbers();
  const shares = sharesOf(variants);
  const colorAt = (at: number) => ({ background: `var(--series-${(at % COLORS) + 1})` });
  return (
    <div className={style["shares"]}>
      <div className={style["bar"]} aria-hidden="true">
        {variants.map(({ name }, at) => (
          <span key={name} style={{ ...colorAt(at), flexGrow: shares[at] ?? 0 }} />
        ))}
      </div>
      <ul>
        {variants.map(({ name, target }, at) => (
          <li key={name}>
            <span className={style["dot"]} style={colorAt(at)} aria-hidden="true" />
            {name}: {target} <span className="number">{percent(shares[at])}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
