import type { JSX, ReactNode } from "react";
import style from "./card.module.css";

interface CardProps {
  readonly title?: ReactNode;
  /** Beside the title. */
  readonly side?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page with its title. */
export function Card({ title, side, children }: CardProps): JSX.Element {
  return (
    <section className={style["card"]}>
      {(title !== undefined || side !== undefined) && (
        <header className={style["head"]}>
          <h2>{title}</h2>
          {side}
        </header>
      )}
      {children}
    </section>
  );
}
