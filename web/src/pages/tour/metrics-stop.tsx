import { type JSX, useState } from "react";
import type { LoadTestReport } from "../../../../src/client/index.ts";
import { Slider } from "../../parts/slider.tsx";
import { useText } from "../../text/language.tsx";
import { Reports } from "../load/reports.tsx";
import { runLoadTest } from "./run-load-test.ts";
import { StartButton } from "./start-button.tsx";
import type { StopProps } from "./stop.ts";
import { useWork } from "./use-work.ts";
import { words } from "./words.ts";

const SECONDS = 2;
const MOST = 64;

/** The load as a slider; every measurement stays beside the others. */
export function MetricsStop({ detail }: StopProps): JSX.Element {
  const text = useText(words).metrics;
  const [concurrency, setConcurrency] = useState(1);
  const [reports, setReports] = useState<readonly LoadTestReport[]>([]);
  const work = useWork<never>(async () => {
    const report = await runLoadTest(detail.model, { seconds: SECONDS, concurrency });
    setReports((before) => [...before, report]);
  });
  return (
    <>
      <Slider
        label={text.load}
        value={concurrency}
        min={1}
        max={MOST}
        onChange={setConcurrency}
        shown={String(concurrency)}
      />
      <StartButton label={text.run} needs="releaser" work={work} />
      {reports.length > 0 && <Reports reports={reports} />}
    </>
  );
}
