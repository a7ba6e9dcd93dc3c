import type { JSX } from "react";
import type { LoadTestReport } from "../../../../src/client/index.ts";
import { useNumbers } from "../../parts/numbers.ts";
import { Table } from "../../parts/table.tsx";
import { useText } from "../../text/language.tsx";
import { runLoadTest } from "./run-load-test.ts";
import { StartButton } from "./start-button.tsx";
import type { StopProps } from "./stop.ts";
import { useWork } from "./use-work.ts";
import { words } from "./words.ts";

const LOAD = { seconds: 2, concurrency: 32 };

interface Pair {
  readonly name: string;
  readonly report: LoadTestReport;
}

/** The same load with and without batches. */
export function BatchingStop({ detail }: StopProps): JSX.Element {
  const text = useText(words);
  const { number, duration } = useNumbers();
  const mode = detail.versions.find(({ version }) => version === detail.serving)?.batching?.mode;
  const work = useWork<readonly Pair[]>(async (tell) => {
    const alone = await runLoadTest(detail.model, { ...LOAD, settings: { maxRows: 1 } });
    const joined = await runLoadTest(detail.model, LOAD);
    tell([
      { name: text.batching.alone, report: alone },
      { name: text.batching.joined, report: joined },
    ]);
  });
  return (
    <>
      {mode === "none" && <p className="soft">{text.batching.off}</p>}
      <StartButton label={text.batching.run} needs="releaser" work={work} />
      {work.result && (
        <Table
          caption={text.batching.title}
          rows={work.result}
          keyOf={({ name }) => name}
          columns={[
            { title: text.batching.title, cell: ({ name }) => name },
            { title: "p50", isNumber: true, cell: ({ report }) => duration(report.p50Ms) },
            { title: "p99", isNumber: true, cell: ({ report }) => duration(report.p99Ms) },
            { title: "req/s", isNumber: true, cell: ({ report }) => number(report.requestsPerSecond) },
            { title: "CPU", isNumber: true, cell: ({ report }) => duration(cpuMs(report)) },
          ]}
        />
      )}
    </>
  );
}

const cpuMs = ({ cpuUsPerRequest }: LoadTestReport) =>
  cpuUsPerRequest === null ? null : cpuUsPerRequest / 1000;
