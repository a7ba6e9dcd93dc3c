import { type JSX, type ReactNode, useEffect } from "react";
import style from "./page-head.module.css";

interface PageHeadProps {
  readonly title: string;
  /** One sentence under it. */
  readonly children?: ReactNode;
  /** What one can do here. */
  readonly actions?: ReactNode;
}

/** The title of a page, which is the window's too. */
export function PageHead({ title, children, actions }: PageHeadProps): JSX.Element {
  useEffect(() => {
    document.title = `${title} · Sirve`;
  }, [title]);
  return (
    <header className={style["head"]}>
      <div>
        <h1>{title}</h1>
        {children !== undefined && <div className="soft">{children}</div>}
      </div>
      {actions !== undefined && <div className={style["actions"]}>{actions}</div>}
    </header>
  );
}
