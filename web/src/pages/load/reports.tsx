import type { JSX } from "react";
import type { LoadTestReport } from "../../../../src/client/index.ts";
import { Card } from "../../parts/card.tsx";
import { useNumbers } from "../../parts/numbers.ts";
import { SeriesDot } from "../../parts/series.tsx";
import { Table } from "../../parts/table.tsx";
import { useText } from "../../text/language.tsx";
import style from "./load.module.css";
import { Triangle } from "./triangle.tsx";
import { words } from "./words.ts";

/** Every test beside the others: what one pays for what. */
export function Reports({ reports }: { readonly reports: readonly LoadTestReport[] }): JSX.Element {
  const text = useText(words);
  const { number, duration, count } = useNumbers();
  const rows = reports.map((report, at) => ({ ...report, at }));
  return (
    <Card title={text.triangle}>
      <p className="soft">{text.triangleHelp}</p>
      <div className={style["trade"]}>
        <Triangle reports={reports} />
        <Table
          caption={text.triangle}
          rows={rows}
          keyOf={({ at }) => at}
          columns={[
            { title: text.test, cell: ({ at }) => <Mark at={at} /> },
            {
              title: text.settings,
              cell: ({ settings: { instances, maxRows, maxDelayUs } }) =>
                text.settingsOf(instances, maxRows, maxDelayUs),
            },
            { title: text.p50, isNumber: true, cell: ({ p50Ms }) => duration(p50Ms) },
            { title: text.p99, isNumber: true, cell: ({ p99Ms }) => duration(p99Ms) },
            { title: text.rate, isNumber: true, cell: ({ requestsPerSecond }) => number(requestsPerSecond) },
            {
              title: text.cpu,
              isNumber: true,
              cell: ({ cpuUsPerRequest }) =>
                duration(cpuUsPerRequest === null ? null : cpuUsPerRequest / 1000),
            },
            { title: text.failures, isNumber: true, cell: ({ failures }) => count(failures) },
          ]}
        />
      </div>
    </Card>
  );
}

const Mark = ({ at }: { readonly at: number }) => (
  <>
    <SeriesDot at={at} />
    {at + 1}
  </>
);
