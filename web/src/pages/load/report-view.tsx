import type { JSX } from "react";
import type { LoadTestReport } from "../../../../src/client/index.ts";
import { Card } from "../../parts/card.tsx";
import { useNumbers } from "../../parts/numbers.ts";
import { useText } from "../../text/language.tsx";
import { Bars } from "./bars.tsx";
import style from "./load.module.css";
import { words } from "./words.ts";

/** One test: how long requests took, how full runs were, and what failed. */
export function ReportView({ report }: { readonly report: LoadTestReport }): JSX.Element {
  const text = useText(words);
  const { duration, count, number } = useNumbers();
  const latencies = report.latencyHistogram
    .filter(({ count: found }) => found > 0)
    .map(({ leMs, count: found }) => ({
      label: duration(leMs),
      count: found,
      sentence: text.ofLatency(duration(leMs), count(found)),
    }));
  const batches = report.batchRows.map(({ rows, count: found }) => ({
    label: String(rows),
    count: found,
    sentence: text.ofBatch(rows, count(found)),
  }));
  return (
    <Card title={text.found}>
      <p>
        {text.where(duration(report.queueMs), duration(report.computeMs))} {text.cpus}: {number(report.cpus)}.{" "}
        {text.rowRate}: {number(report.rowsPerSecond)}.
      </p>
      <div className={style["histograms"]}>
        <Bars title={text.histogram} bars={latencies} />
        <Bars title={text.batches} bars={batches} />
      </div>
      {report.failureReasons.length > 0 && (
        <p>
          {text.reasons}:{" "}
          {report.failureReasons.map(({ code, count: found }) => `${code} ${count(found)}`).join(", ")}
        </p>
      )}
    </Card>
  );
}
