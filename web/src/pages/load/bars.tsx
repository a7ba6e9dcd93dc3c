import type { JSX } from "react";
import style from "./load.module.css";

export interface Bar {
  readonly label: string;
  readonly count: number;
  /** The whole of it as a sentence, for those who do not see it. */
  readonly sentence: string;
}

/** How often each of a few values came. */
export function Bars({
  title,
  bars,
}: {
  readonly title: string;
  readonly bars: readonly Bar[];
}): JSX.Element {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  return (
    <figure className={style["histogram"]}>
      <figcaption>{title}</figcaption>
      {/* What scrolls must be reached by the keyboard. */}
      <ul tabIndex={0}>
        {bars.map(({ label, count, sentence }) => (
          <li key={label} aria-label={sentence} title={sentence}>
            <span className={style["column"]} style={{ height: `${(count / most) * 100}%` }} />
            <small>{label}</small>
          </li>
        ))}
      </ul>
    </figure>
  );
}
