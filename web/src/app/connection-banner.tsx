import type { JSX } from "react";
import { useConnection } from "../data/live.tsx";
import { catalogue } from "../text/catalogue.ts";
import { useText } from "../text/language.tsx";
import style from "./connection-banner.module.css";

const words = catalogue({
  en: {
    lost: "The server does not answer. What you see was true before; the page goes on by itself once it is back.",
  },
  es: {
    lost: "El servidor no responde. Lo que ve era cierto antes; la página continúa sola cuando vuelva.",
  },
});

/** Says that what is shown may be old. */
export function ConnectionBanner(): JSX.Element {
  const text = useText(words);
  const connection = useConnection();
  return (
    <output className={style["place"]}>
      {connection === "lost" && <span className={style["banner"]}>{text.lost}</span>}
    </output>
  );
}
