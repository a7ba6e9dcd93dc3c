import { useQuery } from "@tanstack/react-query";
import type { JSX } from "react";
import type { ModelDetail } from "../../data/api.ts";
import { codeSamples } from "../../data/code-samples.ts";
import { queries } from "../../data/queries.ts";
import { Card } from "../../parts/card.tsx";
import { CodeBlock } from "../../parts/code-block.tsx";
import { Empty } from "../../parts/state.tsx";
import { useText } from "../../text/language.tsx";
import { words } from "./words.ts";

/** How programs ask the model, filled in. */
export function CodePart({ detail }: { readonly detail: ModelDetail }): JSX.Element {
  const text = useText(words);
  const { data: server } = useQuery(queries.server());
  const { description, model } = detail;
  if (!description) return <Empty title={text.code}>{text.notLoaded}</Empty>;
  const samples = codeSamples({
    url: window.location.origin,
    name: model,
    description,
    grpcPort: server?.grpcPort ?? undefined,
    hasKey: server?.authentication ?? false,
  });
  return (
    <Card title={text.code}>
      <p className="soft">{text.codeIntro}</p>
      {samples.map(({ name, code }) => (
        <CodeBlock key={name} label={name} code={code} />
      ))}
    </Card>
  );
}
