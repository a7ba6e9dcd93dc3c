import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { JSX } from "react";
import { queries } from "../../data/queries.ts";
import { useNumbers } from "../../parts/numbers.ts";
import { seriesColor } from "../../parts/series.tsx";
import { useText } from "../../text/language.tsx";
import { Promote } from "../model/promote.tsx";
import { RollBack } from "../model/roll-back.tsx";
import { StartButton } from "./start-button.tsx";
import { askOnce, type Seen, type StopProps } from "./stop.ts";
import style from "./tour.module.css";
import { useWork } from "./use-work.ts";
import { words } from "./words.ts";

const SECONDS = 20;
const PAUSE_MS = 60;

/** An answer, or a failure. */
type Mark = Seen | undefined;

/** Requests without a pause while versions change. */
export function RevertStop(stop: StopProps): JSX.Element {
  const text = useText(words).revert;
  const { count, duration } = useNumbers();
  const { data: server } = useQuery(queries.server());
  const work = useWork<readonly Mark[]>(async (tell) => askFor(SECONDS, stop, tell));
  const marks = work.result ?? [];
  const failed = marks.filter((mark) => mark === undefined).length;
  return (
    <>
      {server?.mode === "folder" && <p className="soft">{text.folder}</p>}
      <StartButton label={text.start} needs="predictor" work={work} />
      {server?.mode === "registry" && <Steer {...stop} />}
      <p aria-live="polite">{text.answered(count(marks.length - failed), count(failed))}</p>
      <ol className={style["marks"]}>
        {marks.map((mark, at) => (
          <li
            // oxlint-disable-next-line react/no-array-index-key -- answers have no other name than their place
            key={at}
            title={mark ? text.mark(mark.version, duration(mark.ms)) : text.failedMark}
            style={{ background: mark ? seriesColor(mark.version) : "var(--bad)" }}
          />
        ))}
      </ol>
    </>
  );
}

async function askFor(
  seconds: number,
  stop: StopProps,
  tell: (marks: readonly Mark[]) => void,
): Promise<void> {
  const marks: Mark[] = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    marks.push(await askOnce(stop).catch(() => undefined));
    tell([...marks]);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** The two changes, at hand. */
function Steer({ detail }: StopProps): JSX.Element {
  const text = useText(words).revert;
  const { data } = useQuery(queries.versions(detail.model));
  const other = data?.versions.find(({ version }) => version !== detail.serving);
  return (
    <div className={style["buttons"]}>
      {other && <Promote model={detail.model} version={other.version} serving={detail.serving} />}
      <RollBack detail={detail} />
      <Link to="/ui/models/$model/$part" params={{ model: detail.model, part: "versions" }}>
        {text.versions}
      </Link>
    </div>
  );
}
