import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import type { JSX } from "react";
import { queries } from "../../data/queries.ts";
import { Card } from "../../parts/card.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Select } from "../../parts/select.tsx";
import { Empty, Loaded } from "../../parts/state.tsx";
import { useText } from "../../text/language.tsx";
import { Bench } from "./bench.tsx";
import { words } from "./words.ts";

/** Any model, asked by a person. */
export function PlaygroundPage(): JSX.Element {
  const text = useText(words);
  const { model } = useParams({ strict: false });
  return (
    <>
      <PageHead title={model === undefined ? text.title : `${text.title}: ${model}`}>{text.intro}</PageHead>
      <Card>
        <ModelChoice model={model} />
      </Card>
      {model !== undefined && <ModelBench key={model} model={model} />}
    </>
  );
}

function ModelChoice({ model = "" }: { readonly model: string | undefined }): JSX.Element {
  const text = useText(words);
  const navigate = useNavigate();
  const query = useQuery(queries.models());
  const choose = (next: string) => {
    if (next !== "") void navigate({ to: "/ui/playground/$model", params: { model: next } });
  };
  return (
    <Loaded query={query}>
      {({ models }) => (
        <Select
          label={text.model}
          value={model}
          options={[
            ...(model === "" ? [{ value: "", label: text.choose }] : []),
            ...models.map((one) => ({ value: one.model, label: one.model })),
          ]}
          onChange={choose}
        />
      )}
    </Loaded>
  );
}

function ModelBench({ model }: { readonly model: string }): JSX.Element {
  const text = useText(words);
  const query = useQuery(queries.model(model));
  return (
    <Loaded query={query}>
      {(detail) =>
        detail.description ? (
          <Bench detail={detail} description={detail.description} />
        ) : (
          <Empty title={text.loading}>
            <Link to="/ui/models/$model/$part" params={{ model, part: "versions" }}>
              {text.versions}
            </Link>
          </Empty>
        )
      }
    </Loaded>
  );
}
