import { useQuery } from "@tanstack/react-query";
import type { JSX } from "react";
import type { ModelDetail, VersionRecord, VersionState } from "../../data/api.ts";
import { queries } from "../../data/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { type Numbers, useNumbers } from "../../parts/numbers.ts";
import { Loaded } from "../../parts/state.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { Table, type TableColumn } from "../../parts/table.tsx";
import { useText } from "../../text/language.tsx";
import { Lineage } from "./lineage.tsx";
import style from "./model-page.module.css";
import { Promote } from "./promote.tsx";
import { words } from "./words.ts";

interface Row {
  readonly version: number;
  readonly status: VersionState | undefined;
  /** Missing where a folder is served. */
  readonly record: VersionRecord | undefined;
}

/** Every version, newest first. */
export function VersionsPart({ detail }: { readonly detail: ModelDetail }): JSX.Element {
  const { data: server } = useQuery(queries.server());
  if (server?.mode === "registry") return <RecordedVersions detail={detail} />;
  return <FolderVersions detail={detail} />;
}

function FolderVersions({ detail }: { readonly detail: ModelDetail }): JSX.Element {
  const text = useText(words);
  const numbers = useNumbers();
  const rows = detail.versions
    .map((status): Row => ({ version: status.version, status, record: undefined }))
    .toReversed();
  return (
    <Card title={text.versions}>
      <p className="soft">{text.folderVersions}</p>
      <Table
        caption={text.versions}
        rows={rows}
        keyOf={({ version }) => version}
        columns={stateColumns(text, numbers, detail.serving)}
      />
    </Card>
  );
}

function RecordedVersions({ detail }: { readonly detail: ModelDetail }): JSX.Element {
  const text = useText(words);
  const numbers = useNumbers();
  const query = useQuery(queries.versions(detail.model));
  const rowOf = (record: VersionRecord): Row => ({
    version: record.version,
    status: detail.versions.find(({ version }) => version === record.version),
    record,
  });
  return (
    <Loaded query={query}>
      {({ versions }) => (
        <>
          <Card title={text.versions}>
            <Table
              caption={text.versions}
              rows={versions.map(rowOf)}
              keyOf={({ version }) => version}
              columns={[
                ...stateColumns(text, numbers, detail.serving),
                ...recordColumns(text, numbers),
                {
                  title: text.actions,
                  cell: ({ version }) =>
                    version !== detail.serving && (
                      <Promote model={detail.model} version={version} serving={detail.serving} />
                    ),
                },
              ]}
            />
          </Card>
          <Card title={text.lineage}>
            <Lineage versions={versions} />
          </Card>
        </>
      )}
    </Loaded>
  );
}

type Text = ReturnType<typeof useText<typeof words.en>>;

const stateColumns = (
  text: Text,
  { bytes, duration }: Numbers,
  serving: number | undefined,
): TableColumn<Row>[] => [
  {
    title: text.version,
    cell: ({ version, record }) => (
      <span className={style["badges"]}>
        {version}
        {!record && version === serving && <Badge tone="accent">●</Badge>}
        {record?.aliases.map((alias) => (
          <Badge key={alias} tone="accent">
            {alias}
          </Badge>
        ))}
      </span>
    ),
  },
  {
    title: text.state,
    cell: ({ status }) => (
      <>
        <StateBadge state={status?.state ?? "unloaded"} /> <span className="soft">{status?.reason}</span>
      </>
    ),
  },
  { title: text.memory, isNumber: true, cell: ({ status }) => bytes(status?.memoryBytes || null) },
  { title: text.loadTime, isNumber: true, cell: ({ status }) => duration(status?.loadMs) },
];

const recordColumns = (text: Text, { bytes, number, ago }: Numbers): TableColumn<Row>[] => [
  { title: text.size, isNumber: true, cell: ({ record }) => bytes(record?.bytes) },
  {
    title: text.metrics,
    cell: ({ record }) =>
      Object.entries(record?.metrics ?? {})
        .map(([name, value]) => `${name} ${number(value)}`)
        .join(" · "),
  },
  {
    title: text.added,
    cell: ({ record }) =>
      record && (
        <span title={record.createdAt}>
          {ago(record.createdAt)} {record.createdBy && text.by(record.createdBy)}
        </span>
      ),
  },
];
