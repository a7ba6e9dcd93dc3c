import { Link } from "@tanstack/react-router";
import type { JSX } from "react";
import style from "./tabs.module.css";

export interface Tab {
  readonly label: string;
  readonly href: string;
  readonly isCurrent: boolean;
}

/** Parts of one page, each with an address of its own. */
export function Tabs({
  label,
  tabs,
}: {
  readonly label: string;
  readonly tabs: readonly Tab[];
}): JSX.Element {
  return (
    <nav aria-label={label} className={style["tabs"]}>
      {tabs.map(({ label: name, href, isCurrent }) => (
        <Link
          key={href}
          to={href}
          activeOptions={{ exact: true }}
          className={style["tab"]}
          {...(isCurrent && { "aria-current": "page" as const })}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}
