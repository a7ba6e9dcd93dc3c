import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import type { JSX } from "react";
import { queries } from "../../data/queries.ts";
import { Card } from "../../parts/card.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Select } from "../../parts/select.tsx";
import { Empty, Loaded } from "../../parts/state.tsx";
import { useText } from "../../text/language.tsx";
import { LoadBench } from "./load-bench.tsx";
import { words } from "./words.ts";

/** A bounded load on a copy of a version, with the settings of one's choice. */
export function LoadPage(): JSX.Element {
  const text = useText(words);
  const { model } = useParams({ strict: false });
  const query = useQuery(queries.models());
  const navigate = useNavigate();
  return (
    <>
      <PageHead title={model === undefined ? text.title : `${text.title}: ${model}`}>{text.intro}</PageHead>
      <Loaded query={query}>
        {({ models }) => {
          const chosen = models.find((one) => one.model === model);
          const ready = (chosen?.versions ?? []).filter(({ state }) => state === "ready");
          return (
            <>
              <Card>
                <Select
                  label={text.model}
                  value={model ?? ""}
                  options={[
                    ...(model === undefined ? [{ value: "", label: text.choose }] : []),
                    ...models.map((one) => ({ value: one.model, label: one.model })),
                  ]}
                  onChange={(next) => void navigate({ to: "/ui/load/$model", params: { model: next } })}
                />
              </Card>
              {chosen && ready.length === 0 && <Empty title={text.title}>{text.notLoaded}</Empty>}
              {chosen && ready.length > 0 && (
                <LoadBench
                  key={chosen.model}
                  model={chosen.model}
                  versions={ready.map(({ version }) => version)}
                />
              )}
            </>
          );
        }}
      </Loaded>
    </>
  );
}
