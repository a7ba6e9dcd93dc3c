import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { type JSX, useState } from "react";
import { queries } from "../../data/queries.ts";
import { buttonClass } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Select } from "../../parts/select.tsx";
import { Empty, Loaded } from "../../parts/state.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { useText } from "../../text/language.tsx";
import { ApiStop } from "./api-stop.tsx";
import { BatchingStop } from "./batching-stop.tsx";
import { VariantsStop, WatchStop } from "./link-stops.tsx";
import { MetricsStop } from "./metrics-stop.tsx";
import { OnlineStop } from "./online-stop.tsx";
import { RevertStop } from "./revert-stop.tsx";
import style from "./tour.module.css";
import { words } from "./words.ts";

/** The claims of the course, in its order, each with what shows it. */
const STOPS = [
  { name: "api", View: ApiStop },
  { name: "online", View: OnlineStop },
  { name: "metrics", View: MetricsStop },
  { name: "batching", View: BatchingStop },
  { name: "revert", View: RevertStop },
  { name: "variants", View: VariantsStop },
  { name: "watch", View: WatchStop },
] as const;

/** The lecture on the running system: one claim and one control at a time. */
export function TourPage(): JSX.Element {
  const text = useText(words);
  const { step } = useParams({ strict: false });
  const at = Math.max(
    0,
    STOPS.findIndex(({ name }, index) => step === name || step === String(index + 1)),
  );
  const models = useQuery(queries.models());
  return (
    <>
      <PageHead title={text.title}>{text.intro}</PageHead>
      <Tabs
        label={text.stops}
        tabs={STOPS.map(({ name }, index) => ({
          label: `${index + 1} ${text[name].title}`,
          href: `/tour/${name}`,
          isCurrent: index === at,
        }))}
      />
      <Loaded query={models}>
        {(found) => {
          const ready = found.models.filter(({ serving }) => serving !== undefined);
          if (ready.length === 0) return <Empty title={text.title}>{text.noModel}</Empty>;
          return <Stop at={at} models={ready.map(({ model }) => model)} />;
        }}
      </Loaded>
    </>
  );
}

interface StopProps {
  readonly at: number;
  /** Models that answer. */
  readonly models: readonly string[];
}

function Stop({ at, models }: StopProps): JSX.Element | null {
  const text = useText(words);
  const [model, setModel] = useState(models[0] ?? "");
  const { data: detail } = useQuery(queries.model(model));
  const stop = STOPS[at];
  const next = STOPS[at + 1];
  if (!stop) return null;
  const { title, claim, say } = text[stop.name];
  return (
    <Card title={title}>
      <blockquote className={style["claim"]}>{claim}</blockquote>
      <p>{say}</p>
      <Select
        label={text.model}
        value={model}
        options={models.map((value) => ({ value, label: value }))}
        onChange={setModel}
      />
      {detail?.description && <stop.View key={model} detail={detail} description={detail.description} />}
      {next && (
        <div>
          <Link to="/tour/$step" params={{ step: next.name }} className={buttonClass()}>
            {text.next}: {text[next.name].title}
          </Link>
        </div>
      )}
    </Card>
  );
}
