import type { JSX } from "react";
import type { VersionRecord } from "../../data/api.ts";
import { Table } from "../../parts/table.tsx";
import { useText } from "../../text/language.tsx";
import { words } from "./words.ts";

/** From which data, code and run each version comes. */
export function Lineage({ versions }: { readonly versions: readonly VersionRecord[] }): JSX.Element {
  const text = useText(words);
  const known = versions.filter(({ lineage }) => Object.keys(lineage).length > 0);
  if (known.length === 0) return <p className="soft">{text.noLineage}</p>;
  return (
    <Table
      caption={text.lineage}
      rows={known}
      keyOf={({ version }) => version}
      columns={[
        { title: text.version, cell: ({ version }) => version },
        { title: text.data, cell: ({ lineage }) => lineage.data },
        { title: text.source, cell: ({ lineage }) => lineage.code },
        { title: text.run, cell: ({ lineage }) => lineage.run },
        { title: text.parent, cell: ({ lineage }) => lineage.parent, isNumber: true },
      ]}
    />
  );
}
