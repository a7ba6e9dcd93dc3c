import { useQuery } from "@tanstack/react-query";
import { type JSX, useMemo } from "react";
import type { ModelDetail, TensorFacts } from "../../data/api.ts";
import { deployments, type ModelLoad, modelSeries } from "../../data/load.ts";
import { queries } from "../../data/queries.ts";
import { Card } from "../../parts/card.tsx";
import { useNumbers } from "../../parts/numbers.ts";
import { Empty } from "../../parts/state.tsx";
import { Table } from "../../parts/table.tsx";
import { TimeChart } from "../../parts/time-chart.tsx";
import { useText } from "../../text/language.tsx";
import { adviceFor } from "./advice.ts";
import style from "./model-page.module.css";
import { words } from "./words.ts";

/** What the model does now, and where its time goes. */
export function NowPart({ detail }: { readonly detail: ModelDetail }): JSX.Element {
  const text = useText(words);
  const { data: history } = useQuery(queries.load());
  const series = useMemo(() => modelSeries(history, detail.model), [history, detail.model]);
  return (
    <>
      <div className={style["pair"]}>
        <Card>
          <RateChart series={series} />
        </Card>
        <Card>
          <LatencyChart series={series} />
        </Card>
      </div>
      <Card title={text.where}>
        <TimeSplit now={series.at(-1)} />
      </Card>
      <Signature detail={detail} />
    </>
  );
}

interface SeriesProps {
  readonly series: readonly ModelLoad[];
}

function useMoments(series: readonly ModelLoad[]) {
  const at = series.map((one) => one.at);
  return { at, markers: deployments(series).map((place) => at[place] ?? 0) };
}

function RateChart({ series }: SeriesProps): JSX.Element {
  const text = useText(words);
  const { number } = useNumbers();
  const lines = [
    { label: text.all, values: series.map((one) => one.requestsPerSecond), color: 1 },
    { label: text.failed, values: series.map((one) => one.failuresPerSecond), color: 4 },
  ];
  return <TimeChart title={text.rate} {...useMoments(series)} lines={lines} print={number} />;
}

function LatencyChart({ series }: SeriesProps): JSX.Element {
  const text = useText(words);
  const { duration } = useNumbers();
  const lines = [
    { label: "p50", values: series.map((one) => one.p50Ms), color: 1 },
    { label: "p99", values: series.map((one) => one.p99Ms), color: 3 },
  ];
  return <TimeChart title={text.latency} {...useMoments(series)} lines={lines} print={duration} />;
}

/** Queue against compute, and what follows from it. */
function TimeSplit({ now }: { readonly now: ModelLoad | undefined }): JSX.Element {
  const text = useText(words);
  const { duration, percent } = useNumbers();
  if (!now || now.queueMs === null || now.computeMs === null) return <p className="soft">{text.quiet}</p>;
  const total = now.queueMs + now.computeMs;
  const share = total === 0 ? 0 : now.queueMs / total;
  const sentences = {
    waits: () => text.waits(percent(share), duration(total)),
    computes: () => text.computes(duration(total)),
    fast: () => text.fast(duration(total)),
  };
  return (
    <>
      <div className={style["split"]}>
        <span style={{ flexGrow: Math.max(share, 0.001) }} className={style["waits"]} />
        <span style={{ flexGrow: Math.max(1 - share, 0.001) }} className={style["computes"]} />
      </div>
      <dl className={style["figures"]}>
        <dt>{text.queue}</dt>
        <dd className="number">{duration(now.queueMs)}</dd>
        <dt>{text.compute}</dt>
        <dd className="number">{duration(now.computeMs)}</dd>
      </dl>
      <p>{sentences[adviceFor(now.queueMs, now.computeMs)]()}</p>
    </>
  );
}

function Signature({ detail }: { readonly detail: ModelDetail }): JSX.Element {
  const text = useText(words);
  const { description } = detail;
  if (!description) return <Empty title={text.takes}>{text.notLoaded}</Empty>;
  const { origin, licence } = description;
  return (
    <div className={style["pair"]}>
      <Card title={text.takes}>
        <Tensors caption={text.takes} tensors={description.inputs} />
      </Card>
      <Card title={text.gives}>
        <Tensors caption={text.gives} tensors={description.outputs} />
      </Card>
      {(origin || licence) && (
        <Card title={text.about}>
          <dl className={style["figures"]}>
            {origin && <dt>{text.origin}</dt>}
            {origin && <dd>{origin}</dd>}
            {licence && <dt>{text.licence}</dt>}
            {licence && <dd>{licence}</dd>}
          </dl>
        </Card>
      )}
    </div>
  );
}

interface TensorsProps {
  readonly caption: string;
  readonly tensors: readonly TensorFacts[];
}

function Tensors({ caption, tensors }: TensorsProps): JSX.Element {
  const text = useText(words);
  return (
    <Table
      caption={caption}
      rows={tensors}
      keyOf={({ name }) => name}
      columns={[
        { title: text.name, cell: ({ name }) => name },
        { title: text.type, cell: ({ dtype }) => <code>{dtype}</code> },
        {
          title: text.shape,
          cell: ({ shape }) => <code>[{shape.map((size) => (size < 0 ? "N" : size)).join(", ")}]</code>,
        },
      ]}
    />
  );
}
