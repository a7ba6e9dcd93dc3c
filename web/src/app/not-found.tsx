import { Link } from "@tanstack/react-router";
import type { JSX } from "react";
import { Empty } from "../parts/state.tsx";
import { catalogue } from "../text/catalogue.ts";
import { useText } from "../text/language.tsx";

const words = catalogue({
  en: { title: "There is no page at this address", home: "To the overview" },
  es: { title: "No hay ninguna página en esta dirección", home: "Ir al resumen" },
});

export function NotFound(): JSX.Element {
  const text = useText(words);
  return (
    <Empty title={text.title}>
      <Link to="/">{text.home}</Link>
    </Empty>
  );
}
