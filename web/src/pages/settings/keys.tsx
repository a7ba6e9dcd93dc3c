import { useQuery } from "@tanstack/react-query";
import { type JSX, useState } from "react";
import type { KeyRecord } from "../../data/api.ts";
import { client } from "../../data/client.ts";
import { queries } from "../../data/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { useNumbers } from "../../parts/numbers.ts";
import { Loaded } from "../../parts/state.tsx";
import { Table } from "../../parts/table.tsx";
import { useText } from "../../text/language.tsx";
import { ConfirmKey } from "./confirm-key.tsx";
import { NewKey } from "./new-key.tsx";
import style from "./settings.module.css";
import { type Secret, ShownSecret } from "./shown-secret.tsx";
import { words } from "./words.ts";

/** API keys: making, renewing and revoking them. */
export function Keys(): JSX.Element {
  const text = useText(words);
  const query = useQuery(queries.keys());
  const [isMaking, setMaking] = useState(false);
  const [secret, setSecret] = useState<Secret>();
  return (
    <Card
      title={text.keys}
      side={
        <Button small kind="primary" onClick={() => setMaking(true)}>
          {text.newKey}
        </Button>
      }
    >
      <Loaded query={query}>
        {({ keys }) =>
          keys.length === 0 ? (
            <p className="soft">{text.none}</p>
          ) : (
            <KeyTable keys={keys} onSecret={setSecret} />
          )
        }
      </Loaded>
      <NewKey isOpen={isMaking} onClose={() => setMaking(false)} onSecret={setSecret} />
      <ShownSecret secret={secret} onClose={() => setSecret(undefined)} />
    </Card>
  );
}

interface KeyTableProps {
  readonly keys: readonly KeyRecord[];
  readonly onSecret: (secret: Secret) => void;
}

function KeyTable({ keys, onSecret }: KeyTableProps): JSX.Element {
  const text = useText(words);
  const { ago, count } = useNumbers();
  return (
    <Table
      caption={text.keys}
      rows={keys}
      keyOf={({ id }) => id}
      columns={[
        { title: text.name, cell: ({ name }) => name },
        { title: text.id, cell: ({ id }) => <code>{id}</code> },
        { title: text.role, cell: ({ role }) => role },
        { title: text.models, cell: ({ models }) => models.join(", ") },
        { title: text.state, cell: (key) => <KeyState record={key} /> },
        { title: text.lastUsed, cell: ({ lastUsedAt }) => (lastUsedAt ? ago(lastUsedAt) : text.never) },
        { title: text.today, cell: ({ requestsToday }) => count(requestsToday), isNumber: true },
        {
          title: text.actions,
          cell: (key) => key.revokedAt === undefined && <Actions record={key} onSecret={onSecret} />,
        },
      ]}
    />
  );
}

function KeyState({ record: { revokedAt, expiresAt } }: { readonly record: KeyRecord }): JSX.Element {
  const text = useText(words);
  const { moment } = useNumbers();
  if (revokedAt !== undefined) return <Badge tone="bad">{text.revoked}</Badge>;
  if (expiresAt === undefined) return <Badge tone="good">{text.good}</Badge>;
  const isOver = isPast(expiresAt);
  return (
    <span title={moment(expiresAt)}>
      <Badge tone={isOver ? "bad" : "good"}>{isOver ? text.expired : text.good}</Badge>
    </span>
  );
}

const isPast = (at: string) => Date.parse(at) <= Date.now();

interface ActionsProps {
  readonly record: KeyRecord;
  readonly onSecret: (secret: Secret) => void;
}

function Actions({ record: { id, name }, onSecret }: ActionsProps): JSX.Element {
  const text = useText(words);
  const rotate = async () => {
    const { secret } = await client.admin.rotateKey({ params: { key: id }, body: {} });
    onSecret({ name, secret });
  };
  const revoke = async () => {
    await client.admin.revokeKey({ params: { key: id } });
  };
  return (
    <span className={style["buttons"]}>
      <ConfirmKey
        action={text.rotate}
        title={text.rotateTitle(name)}
        sentence={text.rotateSays}
        onConfirm={rotate}
      />
      <ConfirmKey
        action={text.revoke}
        title={text.revokeTitle(name)}
        sentence={text.revokeSays}
        onConfirm={revoke}
        isDanger
      />
    </span>
  );
}
