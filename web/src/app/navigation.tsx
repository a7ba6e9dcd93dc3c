import { Link } from "@tanstack/react-router";
import type { JSX } from "react";
import { catalogue } from "../text/catalogue.ts";
import { useText } from "../text/language.tsx";
import style from "./navigation.module.css";

export const places = catalogue({
  en: {
    navigation: "Pages",
    overview: "Overview",
    playground: "Playground",
    endpoints: "Endpoints",
    load: "Load test",
    activity: "Activity",
    settings: "Settings",
    tour: "The lecture, live",
  },
  es: {
    navigation: "Páginas",
    overview: "Resumen",
    playground: "Probar",
    endpoints: "Endpoints",
    load: "Prueba de carga",
    activity: "Actividad",
    settings: "Ajustes",
    tour: "La clase, en vivo",
  },
});

/** Where one can go, in the order of use. */
export const PLACES = [
  { name: "overview", to: "/" },
  { name: "playground", to: "/ui/playground" },
  { name: "endpoints", to: "/ui/endpoints" },
  { name: "load", to: "/ui/load" },
  { name: "activity", to: "/ui/activity" },
  { name: "settings", to: "/ui/settings" },
  { name: "tour", to: "/tour" },
] as const;

export function Navigation(): JSX.Element {
  const text = useText(places);
  return (
    <nav aria-label={text.navigation} className={style["navigation"]}>
      <ul>
        {PLACES.map(({ name, to }) => (
          <li key={name}>
            <Link to={to} activeOptions={{ exact: to === "/" }} className={style["link"]}>
              {text[name]}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
