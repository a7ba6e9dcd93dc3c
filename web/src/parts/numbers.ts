import { useMemo } from "react";
import { useLanguage } from "../text/language.tsx";
import { type Numbers, numbersOf } from "./number-format.ts";

export type { Numbers };

/** Numbers as people of the page's language write them. */
export function useNumbers(): Numbers {
  const { language } = useLanguage();
  return useMemo(() => numbersOf(language), [language]);
}
