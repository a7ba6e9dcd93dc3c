import type { JSX, ReactNode } from "react";
import style from "./badge.module.css";
import { classes } from "./classes.ts";

export type Tone = "good" | "warn" | "bad" | "calm" | "accent";

/** A word that stands out by its colour, and does not depend on it. */
export function Badge({
  tone = "calm",
  children,
}: {
  readonly tone?: Tone;
  readonly children: ReactNode;
}): JSX.Element {
  return <span className={classes(style["badge"], style[tone])}>{children}</span>;
}
