import { useQuery } from "@tanstack/react-query";
import type { JSX } from "react";
import { type Happening, happenings } from "../../data/live.tsx";
import { queries } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import { Card } from "../../parts/card.tsx";
import { useNumbers } from "../../parts/numbers.ts";
import { PageHead } from "../../parts/page-head.tsx";
import { Empty, Loaded } from "../../parts/state.tsx";
import { Table } from "../../parts/table.tsx";
import { useText } from "../../text/language.tsx";
import { AuditLog } from "./audit-log.tsx";
import { words } from "./words.ts";

/** What happens now, and who changed what before. */
export function ActivityPage(): JSX.Element {
  const text = useText(words);
  return (
    <>
      <PageHead title={text.title}>{text.intro}</PageHead>
      <Now />
      <Log />
    </>
  );
}

function Now(): JSX.Element {
  const text = useText(words);
  const { moment } = useNumbers();
  const { data } = useQuery(happenings);
  return (
    <Card title={text.now}>
      {data.length === 0 ? (
        <p className="soft">{text.quiet}</p>
      ) : (
        <Table
          caption={text.now}
          rows={data}
          keyOf={({ at, event, data: one }) => `${at} ${event} ${JSON.stringify(one)}`}
          columns={[
            { title: text.when, cell: ({ at }) => <span className="number">{moment(at)}</span> },
            { title: text.what, cell: ({ event }) => <code>{event}</code> },
            { title: text.about, cell: aboutOf },
          ]}
        />
      )}
    </Card>
  );
}

/** A version with its state, or the model of a change. */
function aboutOf({ data }: Happening): string {
  const { model, version, state } = (data ?? {}) as Readonly<Record<string, unknown>>;
  return [model, version, state].filter((part) => part !== undefined && part !== "").join(" ");
}

function Log(): JSX.Element {
  const text = useText(words);
  const query = useQuery(queries.server());
  const isAdmin = useMay("admin");
  return (
    <Loaded query={query}>
      {({ mode }) => {
        if (mode === "folder") return <Empty title={text.log}>{text.folder}</Empty>;
        return isAdmin ? <AuditLog /> : <Empty title={text.log}>{text.needsAdmin}</Empty>;
      }}
    </Loaded>
  );
}
