import type { JSX } from "react";
import style from "./figures.module.css";

/** A few large numbers with their names. */
export function Figures({
  figures,
}: {
  readonly figures: readonly (readonly [string, string])[];
}): JSX.Element {
  return (
    <dl className={style["figures"]} aria-live="polite">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="number">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
