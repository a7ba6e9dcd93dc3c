import type { JSX } from "react";
import style from "./series.module.css";

const COLORS = 5;

/** The colour of one of several things that are drawn together, by its place; after the fifth they come again. */
export const seriesColor = (at: number): string => `var(--series-${(at % COLORS) + 1})`;

/** Says in a legend which colour something has. */
export const SeriesDot = ({ at }: { readonly at: number }): JSX.Element => (
  <span className={style["dot"]} style={{ background: seriesColor(at) }} aria-hidden="true" />
);
