import { createContext, type JSX, type ReactNode, use, useEffect, useMemo, useState } from "react";
import { readSetting, saveSetting } from "../data/settings.ts";
import { type Catalogue, LANGUAGES, type Language, type Words } from "./catalogue.ts";

interface Choice {
  readonly language: Language;
  readonly choose: (language: Language) => void;
}

const Context = createContext<Choice>({ language: "en", choose: () => {} });

/** The language that was chosen here before, else the first of the browser's that the page speaks. */
function firstLanguage(): Language {
  const wanted = [readSetting("language") ?? "", ...navigator.languages];
  const known = wanted.map((one) => LANGUAGES.find((language) => one.toLowerCase().startsWith(language)));
  return known.find((language) => language !== undefined) ?? "en";
}

export function LanguageProvider({ children }: { readonly children: ReactNode }): JSX.Element {
  const [language, setLanguage] = useState(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choice = useMemo(() => {
    const choose = (next: Language) => {
      saveSetting("language", next);
      setLanguage(next);
    };
    return { language, choose };
  }, [language]);
  return <Context value={choice}>{children}</Context>;
}

export const useLanguage = (): Choice => use(Context);

/** The words of a catalogue in the language of the page. */
export function useText<T extends Words>(words: Catalogue<T>): Catalogue<T>[Language] {
  return words[use(Context).language];
}
