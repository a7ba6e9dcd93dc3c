import { useQuery } from "@tanstack/react-query";
import { type JSX, useState } from "react";
import { queries } from "../../data/queries.ts";
import { Card } from "../../parts/card.tsx";
import { Loaded } from "../../parts/state.tsx";
import { Table } from "../../parts/table.tsx";
import { useText } from "../../text/language.tsx";
import style from "./settings.module.css";
import { words } from "./words.ts";

/** Every setting, or those that somebody has set. */
export function Configuration(): JSX.Element {
  const text = useText(words);
  const query = useQuery(queries.configuration());
  const [isShort, setShort] = useState(true);
  return (
    <Card title={text.configuration}>
      <label className={style["check"]}>
        <input type="checkbox" checked={isShort} onChange={({ target }) => setShort(target.checked)} />
        {text.changedOnly}
      </label>
      <Loaded query={query}>
        {({ settings }) => {
          const shown = settings.filter(({ isDefault }) => !isShort || !isDefault);
          if (shown.length === 0) return <p className="soft">{text.allDefault}</p>;
          return (
            <Table
              caption={text.configuration}
              rows={shown}
              keyOf={({ key }) => key}
              columns={[
                { title: text.setting, cell: ({ key }) => <code>{key}</code> },
                { title: text.value, cell: ({ value }) => <code>{valueText(value)}</code> },
                {
                  title: text.meaning,
                  cell: ({ description }) => <span className="soft">{description}</span>,
                },
              ]}
            />
          );
        }}
      </Loaded>
    </Card>
  );
}

function valueText(value: unknown): string {
  if (value === "") return "“”";
  return typeof value === "string" ? value : JSON.stringify(value);
}
