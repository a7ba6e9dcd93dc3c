import type { JSX } from "react";
import { PageHead } from "../../parts/page-head.tsx";
import { catalogue } from "../../text/catalogue.ts";
import { useText } from "../../text/language.tsx";

const words = catalogue({ en: { title: "Load test" }, es: { title: "Prueba de carga" } });

export function LoadPage(): JSX.Element {
  const text = useText(words);
  return <PageHead title={text.title} />;
}
