import { type FormEvent, type JSX, useRef, useState } from "react";
import type { LoadTestProgress, LoadTestReport } from "../../../../src/client/index.ts";
import { client } from "../../data/client.ts";
import { useMay } from "../../data/session.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { useNumbers } from "../../parts/numbers.ts";
import { Problem } from "../../parts/state.tsx";
import { useText } from "../../text/language.tsx";
import style from "./load.module.css";
import { LoadFields } from "./load-fields.tsx";
import { ReportView } from "./report-view.tsx";
import { Reports } from "./reports.tsx";
import { FIRST_TEST, optionsOf, type WantedTest } from "./wanted.ts";
import { words } from "./words.ts";

interface LoadBenchProps {
  readonly model: string;
  /** Versions that are loaded. */
  readonly versions: readonly number[];
}

/** Tests one after another; all that were made since the page was opened are compared. */
export function LoadBench({ model, versions }: LoadBenchProps): JSX.Element {
  const text = useText(words);
  const mayTest = useMay("releaser");
  const [wanted, setWanted] = useState(FIRST_TEST);
  const { reports, progress, error, isRunning, run, stop } = useLoadTest(model);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run(wanted);
  };
  const last = reports.at(-1);
  return (
    <>
      <Card>
        <form className={style["form"]} onSubmit={submit}>
          <LoadFields wanted={wanted} versions={versions} onChange={setWanted} />
          <div className={style["buttons"]}>
            <Button
              kind="primary"
              type="submit"
              busy={isRunning}
              disabled={!mayTest}
              title={mayTest ? undefined : text.needsRole}
            >
              {text.start}
            </Button>
            {isRunning && <Button onClick={stop}>{text.stop}</Button>}
          </div>
          {isRunning && <Progress progress={progress} seconds={Number(wanted.seconds)} />}
          {error !== undefined && <Problem error={error} />}
        </form>
      </Card>
      {reports.length > 0 && <Reports reports={reports} />}
      {last && <ReportView report={last} />}
    </>
  );
}

function useLoadTest(model: string) {
  const [reports, setReports] = useState<readonly LoadTestReport[]>([]);
  const [progress, setProgress] = useState<LoadTestProgress>();
  const [error, setError] = useState<unknown>();
  const [isRunning, setRunning] = useState(false);
  const controller = useRef(new AbortController());
  const run = async (wanted: WantedTest) => {
    controller.current = new AbortController();
    const { signal } = controller.current;
    setRunning(true);
    setError(undefined);
    setProgress(undefined);
    try {
      for await (const { event, data } of client.loadTest(model, { ...optionsOf(wanted), signal })) {
        if (event === "progress") setProgress(data);
        else setReports((before) => [...before, data]);
      }
    } catch (thrown) {
      if (!signal.aborted) setError(thrown);
    } finally {
      setRunning(false);
    }
  };
  return { reports, progress, error, isRunning, run, stop: () => controller.current.abort() };
}

interface ProgressProps {
  readonly progress: LoadTestProgress | undefined;
  readonly seconds: number;
}

function Progress({ progress, seconds }: ProgressProps): JSX.Element {
  const text = useText(words);
  const { duration, number } = useNumbers();
  const share = progress ? Math.min(1, progress.elapsedMs / (seconds * 1000)) : undefined;
  return (
    <div>
      <progress value={share} max={1} aria-label={text.title} className={style["progress"]} />
      <p className="soft" aria-live="polite">
        {progress
          ? text.running(
              duration(progress.elapsedMs),
              number(progress.requestsPerSecond),
              duration(progress.p99Ms),
            )
          : text.loading}
      </p>
    </div>
  );
}
