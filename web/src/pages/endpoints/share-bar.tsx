import type { JSX } from "react";
import { useNumbers } from "../../parts/numbers.ts";
import { SeriesDot, seriesColor } from "../../parts/series.tsx";
import style from "./endpoints.module.css";
import { type PlannedVariant, sharesOf } from "./plan.ts";

/** How the requests divide, as one bar with its legend. */
export function ShareBar({ variants }: { readonly variants: readonly PlannedVariant[] }): JSX.Element {
  const { percent } = useNumbers();
  const shares = sharesOf(variants);
  return (
    <div className={style["shares"]}>
      <div className={style["bar"]} aria-hidden="true">
        {variants.map(({ name }, at) => (
          <span key={name} style={{ background: seriesColor(at), flexGrow: shares[at] ?? 0 }} />
        ))}
      </div>
      <ul>
        {variants.map(({ name, target }, at) => (
          <li key={name}>
            <SeriesDot at={at} />
            {name}: {target} <span className="number">{percent(shares[at])}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
