import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type JSX, useState } from "react";
import type { AuditEntry } from "../../data/api.ts";
import { client } from "../../data/client.ts";
import { queries } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { useNumbers } from "../../parts/numbers.ts";
import { Select } from "../../parts/select.tsx";
import { Problem, Waiting } from "../../parts/state.tsx";
import { Table } from "../../parts/table.tsx";
import { useText } from "../../text/language.tsx";
import style from "./audit-log.module.css";
import { words } from "./words.ts";

const AT_ONCE = 50;

const ACTIONS = [
  "version.add",
  "version.delete",
  "alias.move",
  "alias.delete",
  "model.change",
  "model.delete",
  "version.tag",
  "endpoint.set",
  "endpoint.delete",
  "key.create",
  "key.rotate",
  "key.revoke",
  "loadtest.run",
  "session.start",
  "session.end",
];

/** Every change, newest first, of all models or one. */
export function AuditLog(): JSX.Element {
  const text = useText(words);
  const [model, setModel] = useState("");
  const [action, setAction] = useState("");
  const { data: models } = useQuery(queries.models());
  const named = (value: string) => ({ value, label: value });
  const all = { value: "", label: text.all };
  return (
    <Card title={text.log}>
      <div className={style["filters"]}>
        <Select
          label={text.model}
          value={model}
          options={[all, ...(models?.models ?? []).map((one) => named(one.model))]}
          onChange={setModel}
        />
        <Select
          label={text.action}
          value={action}
          options={[all, ...ACTIONS.map(named)]}
          onChange={setAction}
        />
      </div>
      <Entries model={model} action={action} />
    </Card>
  );
}

interface Filter {
  readonly model: string;
  readonly action: string;
}

function Entries({ model, action }: Filter): JSX.Element {
  const text = useText(words);
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } =
    useInfiniteQuery({
      queryKey: ["audit", model, action],
      queryFn: async ({ pageParam }) =>
        client.admin.listAudit({
          query: {
            limit: AT_ONCE,
            ...(pageParam !== "" && { after: pageParam }),
            ...(model !== "" && { model }),
            ...(action !== "" && { action }),
          },
        }),
      initialPageParam: "",
      getNextPageParam: ({ next }) => next,
    });
  if (isPending) return <Waiting />;
  if (!data) return <Problem error={error} onRetry={() => void refetch()} />;
  const entries = data.pages.flatMap((page) => page.entries);
  if (entries.length === 0) return <p className="soft">{text.none}</p>;
  return (
    <>
      <EntryTable entries={entries} />
      {hasNextPage && (
        <div>
          <Button small busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {text.more}
          </Button>
        </div>
      )}
    </>
  );
}

function EntryTable({ entries }: { readonly entries: readonly AuditEntry[] }): JSX.Element {
  const text = useText(words);
  const { moment } = useNumbers();
  return (
    <Table
      caption={text.log}
      rows={entries}
      keyOf={({ id }) => id}
      columns={[
        { title: text.when, cell: ({ at }) => <span className="number">{moment(at)}</span> },
        { title: text.who, cell: ({ actor }) => actor || text.nobody },
        { title: text.what, cell: (entry) => <code>{entry.action}</code> },
        { title: text.about, cell: (entry) => entry.model },
        {
          title: text.details,
          cell: ({ details }) => <code className={style["details"]}>{detailsText(details)}</code>,
        },
      ]}
    />
  );
}

/** "version 7 · alias champion" */
const detailsText = (details: AuditEntry["details"]) =>
  Object.entries(details)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" · ");
