import { Link } from "@tanstack/react-router";
import type { JSX } from "react";
import { buttonClass } from "../../parts/button.tsx";
import { useText } from "../../text/language.tsx";
import { words } from "./words.ts";

/** What has a page of its own is shown there. */
export function VariantsStop(): JSX.Element {
  const text = useText(words).variants;
  return (
    <div>
      <Link to="/ui/endpoints" className={buttonClass("primary")}>
        {text.link}
      </Link>
    </div>
  );
}

export function WatchStop(): JSX.Element {
  const text = useText(words).watch;
  return (
    <div>
      <Link to="/" className={buttonClass("primary")}>
        {text.link}
      </Link>
    </div>
  );
}
