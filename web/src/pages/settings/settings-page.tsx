import { useQuery } from "@tanstack/react-query";
import type { JSX } from "react";
import { queries } from "../../data/queries.ts";
import { ROLES, useMay, useSession } from "../../data/session.ts";
import { Card } from "../../parts/card.tsx";
import { useNumbers } from "../../parts/numbers.ts";
import { PageHead } from "../../parts/page-head.tsx";
import { Empty } from "../../parts/state.tsx";
import { Table } from "../../parts/table.tsx";
import { useText } from "../../text/language.tsx";
import { Configuration } from "./configuration.tsx";
import { Keys } from "./keys.tsx";
import { words } from "./words.ts";

/** Keys and roles, and the configuration in force. */
export function SettingsPage(): JSX.Element {
  const text = useText(words);
  const isAdmin = useMay("admin");
  return (
    <>
      <PageHead title={text.title}>{text.intro}</PageHead>
      <You />
      {isAdmin ? <ForAdministrators /> : <Empty title={text.keys}>{text.needsAdmin}</Empty>}
      <Roles />
    </>
  );
}

function ForAdministrators(): JSX.Element {
  const text = useText(words);
  const { data: server } = useQuery(queries.server());
  return (
    <>
      {server?.mode === "folder" && <Empty title={text.keys}>{text.folder}</Empty>}
      {server?.mode === "registry" && <Keys />}
      <Configuration />
    </>
  );
}

function You(): JSX.Element | null {
  const text = useText(words);
  const { moment } = useNumbers();
  const { data } = useSession();
  if (!data?.caller) return null;
  const { id, role, expiresAt } = data.caller;
  return (
    <Card title={text.you}>
      <p>{data.authentication ? text.youAre(id, role) : text.open}</p>
      {expiresAt !== undefined && <p className="soft">{text.until(moment(expiresAt))}</p>}
    </Card>
  );
}

function Roles(): JSX.Element {
  const text = useText(words);
  return (
    <Card title={text.roles}>
      <Table
        caption={text.roles}
        rows={ROLES}
        keyOf={(role) => role}
        columns={[
          { title: text.role, cell: (role) => role },
          { title: text.may, cell: (role) => text[role] },
        ]}
      />
    </Card>
  );
}
