import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { JSX } from "react";
import type { ModelDetail } from "../../data/api.ts";
import { queries } from "../../data/queries.ts";
import { buttonClass } from "../../parts/button.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Loaded } from "../../parts/state.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { useText } from "../../text/language.tsx";
import { CodePart } from "./code-part.tsx";
import { ComparePart } from "./compare-part.tsx";
import { NowPart } from "./now-part.tsx";
import { RollBack } from "./roll-back.tsx";
import { VersionsPart } from "./versions-part.tsx";
import { words } from "./words.ts";

const PARTS = ["now", "versions", "compare", "code"] as const;

type Part = (typeof PARTS)[number];

const VIEWS: Readonly<Record<Part, (props: { readonly detail: ModelDetail }) => JSX.Element>> = {
  now: NowPart,
  versions: VersionsPart,
  compare: ComparePart,
  code: CodePart,
};

/** One model: what it does now, its versions, two of them side by side, and how to call it. */
export function ModelPage(): JSX.Element {
  const text = useText(words);
  const { model = "", part = "now" } = useParams({ strict: false });
  const query = useQuery(queries.model(model));
  const current = PARTS.find((one) => one === part) ?? "now";
  const View = VIEWS[current];
  return (
    <>
      <PageHead title={model} actions={<Actions model={model} detail={query.data} />}>
        <Facts detail={query.data} />
      </PageHead>
      <Tabs
        label={text.parts}
        tabs={PARTS.map((one) => ({
          label: text[one],
          href: `/ui/models/${encodeURIComponent(model)}${one === "now" ? "" : `/${one}`}`,
          isCurrent: one === current,
        }))}
      />
      <Loaded query={query}>{(detail) => <View detail={detail} />}</Loaded>
    </>
  );
}

interface ActionsProps {
  readonly model: string;
  readonly detail: ModelDetail | undefined;
}

function Actions({ model, detail }: ActionsProps): JSX.Element {
  const text = useText(words);
  return (
    <>
      <Link to="/ui/playground/$model" params={{ model }} className={buttonClass("primary")}>
        {text.tryIt}
      </Link>
      <Link to="/ui/load/$model" params={{ model }} className={buttonClass()}>
        {text.loadTest}
      </Link>
      <RollBack detail={detail} />
    </>
  );
}

function Facts({ detail }: { readonly detail: ModelDetail | undefined }): JSX.Element | null {
  const text = useText(words);
  if (!detail) return null;
  const { serving, description } = detail;
  return (
    <>
      {description?.text && `${description.text} · `}
      {serving === undefined ? text.nobody : text.answers(serving)}
    </>
  );
}
