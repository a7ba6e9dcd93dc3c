import { useEffect, useState } from "react";
import { readSetting, saveSetting } from "../data/settings.ts";

export const THEMES = ["system", "light", "dark"] as const;

export type Theme = (typeof THEMES)[number];

const themeOf = (text: string | null): Theme => THEMES.find((theme) => theme === text) ?? "system";

/** How light the page is; "system" follows the computer. */
export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(() => themeOf(readSetting("theme")));
  useEffect(() => {
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
    saveSetting("theme", theme);
  }, [theme]);
  return [theme, setTheme];
}
