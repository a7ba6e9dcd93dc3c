import { useQuery } from "@tanstack/react-query";
import type { JSX } from "react";
import type { Model } from "../../data/api.ts";
import { queries } from "../../data/queries.ts";
import { Card } from "../../parts/card.tsx";
import { CodeBlock } from "../../parts/code-block.tsx";
import { useNumbers } from "../../parts/numbers.ts";
import { PageHead } from "../../parts/page-head.tsx";
import { Empty, Loaded } from "../../parts/state.tsx";
import { useText } from "../../text/language.tsx";
import { ModelTable } from "./model-table.tsx";
import { Troubles } from "./troubles.tsx";
import { words } from "./words.ts";

/** What is served, how it does, and what to do next. */
export function OverviewPage(): JSX.Element {
  const text = useText(words);
  const models = useQuery(queries.models());
  return (
    <>
      <PageHead title={text.title}>
        <ServerFacts models={models.data?.models ?? []} />
      </PageHead>
      <Loaded query={models}>
        {(found) =>
          found.models.length === 0 ? (
            <NothingServed />
          ) : (
            <>
              <Troubles models={found.models} />
              <Card title={text.models}>
                <ModelTable models={found.models} />
              </Card>
            </>
          )
        }
      </Loaded>
    </>
  );
}

function ServerFacts({ models }: { readonly models: readonly Model[] }): JSX.Element | null {
  const text = useText(words);
  const { ago } = useNumbers();
  const { data } = useQuery(queries.server());
  if (!data) return null;
  return (
    <>
      {text.facts(models.length, data.version, ago(data.startedAt))} · {text[data.mode]}
    </>
  );
}

function NothingServed(): JSX.Element {
  const text = useText(words);
  const { data } = useQuery(queries.server());
  const isRegistry = data?.mode === "registry";
  return (
    <Empty title={text.none}>
      <p>{isRegistry ? text.addRegistry : text.addFolder}</p>
      <CodeBlock
        label={text.code}
        code={isRegistry ? "sirve add ./model.onnx --name mine" : "cp model.onnx models/mine.onnx"}
      />
    </Empty>
  );
}
