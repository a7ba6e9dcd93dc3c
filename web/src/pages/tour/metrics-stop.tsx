import { type JSX, useId, useState } from "react";
import type { LoadTestReport } from "../../../../src/client/index.ts";
import { useText } from "../../text/language.tsx";
import { Reports } from "../load/reports.tsx";
import { runLoadTest } from "./run-load-test.ts";
import { StartButton } from "./start-button.tsx";
import type { StopProps } from "./stop.ts";
import style from "./tour.module.css";
import { useWork } from "./use-work.ts";
import { words } from "./words.ts";

const SECONDS = 2;
const MOST = 64;

/** The load as a slider; every measurement stays beside the others. */
export function MetricsStop({ detail }: StopProps): JSX.Element {
  const text = useText(words).metrics;
  const id = useId();
  const [concurrency, setConcurrency] = useState(1);
  const [reports, setReports] = useState<readonly LoadTestReport[]>([]);
  const work = useWork<never>(async () => {
    const report = await runLoadTest(detail.model, { seconds: SECONDS, concurrency });
    setReports((before) => [...before, report]);
  });
  return (
    <>
      <div className={style["slider"]}>
        <label htmlFor={id}>{text.load}</label>
        <input
          id={id}
          type="range"
          min={1}
          max={MOST}
          value={concurrency}
          onChange={({ target }) => setConcurrency(Number(target.value))}
        />
        <output htmlFor={id}>{concurrency}</output>
      </div>
      <StartButton label={text.run} needs="releaser" work={work} />
      {reports.length > 0 && <Reports reports={reports} />}
    </>
  );
}
