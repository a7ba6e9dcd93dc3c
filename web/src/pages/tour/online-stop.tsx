import type { JSX } from "react";
import { Figures } from "../../parts/figures.tsx";
import { useNumbers } from "../../parts/numbers.ts";
import { useText } from "../../text/language.tsx";
import { StartButton } from "./start-button.tsx";
import { askOnce, median, type Seen, type StopProps } from "./stop.ts";
import { useWork } from "./use-work.ts";
import { words } from "./words.ts";

const TIMES = 50;

/** Fifty requests one after another, and what of their time was what. */
export function OnlineStop(stop: StopProps): JSX.Element {
  const text = useText(words).online;
  const { duration } = useNumbers();
  const work = useWork<readonly Seen[]>(async (tell) => {
    const seen: Seen[] = [];
    while (seen.length < TIMES) seen.push(await askOnce(stop));
    tell(seen);
  });
  const middle = (read: (one: Seen) => number) => duration(median((work.result ?? []).map(read)));
  return (
    <>
      <StartButton label={text.ask} needs="predictor" work={work} />
      {work.result && (
        <Figures
          figures={[
            [text.median, middle(({ ms }) => ms)],
            [text.queue, middle(({ queueMs }) => queueMs)],
            [text.compute, middle(({ computeMs }) => computeMs)],
            [text.cost, middle(({ costMs }) => costMs)],
          ]}
        />
      )}
    </>
  );
}
