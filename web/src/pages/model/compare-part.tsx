import { useQuery } from "@tanstack/react-query";
import { type JSX, useState } from "react";
import type { ModelDetail } from "../../data/api.ts";
import { queries } from "../../data/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { useNumbers } from "../../parts/numbers.ts";
import { Select } from "../../parts/select.tsx";
import { Empty, Loaded } from "../../parts/state.tsx";
import { Table } from "../../parts/table.tsx";
import { useText } from "../../text/language.tsx";
import style from "./model-page.module.css";
import { words } from "./words.ts";

/** Two versions side by side. */
export function ComparePart({ detail }: { readonly detail: ModelDetail }): JSX.Element {
  const { data: server } = useQuery(queries.server());
  if (server?.mode === "registry") return <RecordedComparison detail={detail} />;
  const numbers = detail.versions.map(({ version }) => version);
  return <Comparison detail={detail} numbers={numbers} isRecorded={false} />;
}

function RecordedComparison({ detail }: { readonly detail: ModelDetail }): JSX.Element {
  const query = useQuery(queries.versions(detail.model));
  return (
    <Loaded query={query}>
      {({ versions }) => (
        <Comparison detail={detail} numbers={versions.map(({ version }) => version)} isRecorded />
      )}
    </Loaded>
  );
}

interface ComparisonProps {
  readonly detail: ModelDetail;
  /** Every version. */
  readonly numbers: readonly number[];
  /** Whether a registry knows what differs. */
  readonly isRecorded: boolean;
}

function Comparison({ detail, numbers: given, isRecorded }: ComparisonProps): JSX.Element {
  const text = useText(words);
  const numbers = given.toSorted((a, b) => b - a);
  const [newest = 0, second = 0] = numbers;
  const serving = detail.serving ?? second;
  const [from, setFrom] = useState(serving);
  const [to, setTo] = useState(newest === serving ? second : newest);
  if (numbers.length < 2) return <Empty title={text.compare}>{text.oneVersion}</Empty>;
  const options = numbers.map((version) => ({ value: String(version), label: String(version) }));
  return (
    <Card title={text.compare}>
      <div className={style["choices"]}>
        <Select
          label={text.from}
          value={String(from)}
          options={options}
          onChange={(next) => setFrom(Number(next))}
        />
        <Select
          label={text.to}
          value={String(to)}
          options={options}
          onChange={(next) => setTo(Number(next))}
        />
      </div>
      {isRecorded && <Differences model={detail.model} from={from} to={to} />}
      <States detail={detail} versions={[from, to]} />
    </Card>
  );
}

interface DifferencesProps {
  readonly model: string;
  readonly from: number;
  readonly to: number;
}

/** What is recorded of both and differs: signature, metrics, files. */
function Differences({ model, from, to }: DifferencesProps): JSX.Element {
  const text = useText(words);
  const query = useQuery(queries.diff(model, from, to));
  return (
    <Loaded query={query}>
      {({ differences }) =>
        differences.length === 0 ? (
          <p className="soft">{text.same}</p>
        ) : (
          <Table
            caption={text.compare}
            rows={differences}
            keyOf={({ field }) => field}
            columns={[
              { title: text.field, cell: ({ field, breaks }) => <Field field={field} breaks={breaks} /> },
              { title: `${text.version} ${from}`, cell: (one) => <Value value={one.from} /> },
              { title: `${text.version} ${to}`, cell: (one) => <Value value={one.to} /> },
            ]}
          />
        )
      }
    </Loaded>
  );
}

function Field({ field, breaks }: { readonly field: string; readonly breaks: boolean }): JSX.Element {
  const text = useText(words);
  return (
    <span className={style["badges"]}>
      {field} {breaks && <Badge tone="bad">{text.breaks}</Badge>}
    </span>
  );
}

const LONGEST = 32;

function Value({ value }: { readonly value: unknown }): JSX.Element {
  const shown = typeof value === "string" ? value : JSON.stringify(value);
  return <code title={shown}>{shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown}</code>;
}

interface StatesProps {
  readonly detail: ModelDetail;
  readonly versions: readonly number[];
}

/** What both take of this server. */
function States({ detail, versions }: StatesProps): JSX.Element {
  const text = useText(words);
  const { bytes, duration } = useNumbers();
  const { data: history } = useQuery(queries.load());
  const latest = (version: number) =>
    history?.samples
      .flatMap((sample) => sample.versions)
      .findLast((one) => one.model === detail.model && one.version === version);
  const statuses = versions.flatMap((wanted) => detail.versions.filter(({ version }) => version === wanted));
  return (
    <Table
      caption={text.memory}
      rows={statuses}
      keyOf={({ version }) => version}
      columns={[
        { title: text.version, cell: ({ version }) => version },
        { title: text.size, isNumber: true, cell: ({ artifactBytes }) => bytes(artifactBytes || null) },
        { title: text.memory, isNumber: true, cell: ({ memoryBytes }) => bytes(memoryBytes || null) },
        { title: text.loadTime, isNumber: true, cell: ({ loadMs }) => duration(loadMs) },
        { title: "p50", isNumber: true, cell: ({ version }) => duration(latest(version)?.p50Ms) },
        { title: "p99", isNumber: true, cell: ({ version }) => duration(latest(version)?.p99Ms) },
      ]}
    />
  );
}
