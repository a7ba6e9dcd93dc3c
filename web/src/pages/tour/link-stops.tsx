import { Link } from "@tanstack/react-router";
import type { JSX } from "react";
import { buttonClass } from "../../parts/button.tsx";
import { useText } from "../../text/language.tsx";
import { words } from "./words.ts";

/** What has a page of its own is shown there. */
const linkTo = (stop: "variants" | "watch", to: string) => () => <PageLink stop={stop} to={to} />;

export const VariantsStop = linkTo("variants", "/ui/endpoints");
export const WatchStop = linkTo("watch", "/");

function PageLink({ stop, to }: { readonly stop: "variants" | "watch"; readonly to: string }): JSX.Element {
  const text = useText(words);
  return (
    <div>
      <Link to={to} className={buttonClass("primary")}>
        {text[stop].link}
      </Link>
    </div>
  );
}
