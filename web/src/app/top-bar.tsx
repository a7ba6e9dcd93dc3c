import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { JSX } from "react";
import { useConnection } from "../data/live.tsx";
import { signOut, useSession } from "../data/session.ts";
import { Button } from "../parts/button.tsx";
import { Select } from "../parts/select.tsx";
import { catalogue, LANGUAGES, type Language } from "../text/catalogue.ts";
import { useLanguage, useText } from "../text/language.tsx";
import { Search } from "./search.tsx";
import { THEMES, useTheme } from "./theme.tsx";
import style from "./top-bar.module.css";

const words = catalogue({
  en: {
    language: "Language",
    theme: "Brightness",
    system: "As the computer",
    light: "Light",
    dark: "Dark",
    signOut: "Sign out",
    home: "Sirve, overview",
    connecting: "connecting",
    live: "live",
    lost: "no answer",
  },
  es: {
    language: "Idioma",
    theme: "Brillo",
    system: "Como el equipo",
    light: "Claro",
    dark: "Oscuro",
    signOut: "Cerrar sesión",
    home: "Sirve, resumen",
    connecting: "conectando",
    live: "en vivo",
    lost: "sin respuesta",
  },
});

const NAMES: Readonly<Record<Language, string>> = { en: "English", es: "Español" };

export function TopBar(): JSX.Element {
  const text = useText(words);
  const connection = useConnection();
  return (
    <header className={style["bar"]}>
      <Link to="/" className={style["brand"]} aria-label={text.home}>
        sirve
      </Link>
      <span className={style["connection"]} data-connection={connection}>
        {text[connection]}
      </span>
      <Search />
      <Choices />
      <Caller />
    </header>
  );
}

function Choices(): JSX.Element {
  const text = useText(words);
  const { language, choose } = useLanguage();
  const [theme, setTheme] = useTheme();
  return (
    <div className={style["choices"]}>
      <Select
        label={text.language}
        value={language}
        options={LANGUAGES.map((value) => ({ value, label: NAMES[value] }))}
        onChange={choose}
        isLabelHidden
      />
      <Select
        label={text.theme}
        value={theme}
        options={THEMES.map((value) => ({ value, label: text[value] }))}
        onChange={setTheme}
        isLabelHidden
      />
    </div>
  );
}

/** Who is signed in, and the way out. */
function Caller(): JSX.Element | null {
  const text = useText(words);
  const { data } = useSession();
  const cache = useQueryClient();
  const navigate = useNavigate();
  if (!data?.caller?.isSession) return null;
  const leave = async () => {
    await signOut();
    // What this person could see is nobody's any more.
    await cache.resetQueries();
    await navigate({ to: "/" });
  };
  return (
    <div className={style["caller"]}>
      <span className="soft">
        {data.caller.id} · {data.caller.role}
      </span>
      <Button small kind="quiet" onClick={() => void leave()}>
        {text.signOut}
      </Button>
    </div>
  );
}
