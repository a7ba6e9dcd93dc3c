import { useQuery } from "@tanstack/react-query";
import type { JSX } from "react";
import { queries } from "../../data/queries.ts";
import { PageHead } from "../../parts/page-head.tsx";
import { Loaded } from "../../parts/state.tsx";
import { catalogue } from "../../text/catalogue.ts";
import { useText } from "../../text/language.tsx";

const words = catalogue({ en: { title: "Overview" }, es: { title: "Resumen" } });

export function OverviewPage(): JSX.Element {
  const text = useText(words);
  const models = useQuery(queries.models());
  return (
    <>
      <PageHead title={text.title} />
      <Loaded query={models}>
        {(found) => (
          <ul>
            {found.models.map(({ model }) => (
              <li key={model}>{model}</li>
            ))}
          </ul>
        )}
      </Loaded>
    </>
  );
}
