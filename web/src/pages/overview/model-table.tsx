import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { JSX } from "react";
import type { Model, VersionState } from "../../data/api.ts";
import { deployments, type ModelLoad, modelSeries } from "../../data/load.ts";
import { queries } from "../../data/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { type Numbers, useNumbers } from "../../parts/numbers.ts";
import { Sparkline } from "../../parts/sparkline.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { Table, type TableColumn } from "../../parts/table.tsx";
import { useText } from "../../text/language.tsx";
import { words } from "./words.ts";

interface Row {
  readonly model: Model;
  readonly series: readonly ModelLoad[];
  /** The last interval; undefined before the first. */
  readonly now: ModelLoad | undefined;
}

/** Every model with what it does now. */
export function ModelTable({ models }: { readonly models: readonly Model[] }): JSX.Element {
  const text = useText(words);
  const numbers = useNumbers();
  const { data: history } = useQuery(queries.load());
  const rows = models.map((model): Row => {
    const series = modelSeries(history, model.model);
    return { model, series, now: series.at(-1) };
  });
  return (
    <Table
      caption={text.models}
      columns={columnsOf(text, numbers)}
      rows={rows}
      keyOf={({ model }) => model.model}
    />
  );
}

type Text = ReturnType<typeof useText<typeof words.en>>;

function columnsOf(text: Text, { number, duration }: Numbers): TableColumn<Row>[] {
  const figure = (title: string, read: (now: ModelLoad) => string): TableColumn<Row> => ({
    title,
    isNumber: true,
    cell: ({ now }) => (now ? read(now) : "–"),
  });
  return [
    { title: text.model, cell: ({ model: { model } }) => <Name model={model} /> },
    { title: text.state, cell: ({ model }) => <StateBadge state={stateOf(model)} /> },
    { title: text.version, cell: ({ model }) => model.serving ?? "–", isNumber: true },
    figure(text.rate, (now) => number(now.requestsPerSecond)),
    {
      title: text.errors,
      isNumber: true,
      cell: ({ now }) => <Errors rate={now?.failuresPerSecond} print={number} />,
    },
    figure(text.p50, (now) => duration(now.p50Ms)),
    figure(text.p99, (now) => duration(now.p99Ms)),
    figure(text.cost, (now) => duration(now.costUs === null ? null : now.costUs / 1000)),
    {
      title: text.last,
      cell: ({ model, series }) => (
        <Sparkline
          label={text.lastOf(model.model)}
          values={series.map(({ requestsPerSecond }) => requestsPerSecond)}
          markers={deployments(series)}
        />
      ),
    },
  ];
}

const Name = ({ model }: { readonly model: string }) => (
  <Link to="/ui/models/$model" params={{ model }}>
    {model}
  </Link>
);

interface ErrorsProps {
  readonly rate: number | undefined;
  readonly print: Numbers["number"];
}

const Errors = ({ rate, print }: ErrorsProps) =>
  rate === undefined || rate === 0 ? print(rate) : <Badge tone="bad">{print(rate)}</Badge>;

/** The state of the version that answers, else of the newest. */
function stateOf({ serving, versions }: Model): VersionState["state"] {
  const answering = versions.find(({ version }) => version === serving);
  return (answering ?? versions.at(-1))?.state ?? "unloaded";
}
