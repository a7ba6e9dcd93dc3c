import type { JSX } from "react";
import type { Prediction } from "../../data/api.ts";
import { useNumbers } from "../../parts/numbers.ts";
import { useText } from "../../text/language.tsx";
import type { Draft } from "./draft.ts";
import style from "./playground.module.css";
import { PredictionView } from "./prediction-view.tsx";
import { words } from "./words.ts";

export interface Answered {
  readonly answer: Prediction;
  /** What was asked. */
  readonly draft: Draft;
}

interface Timing {
  readonly queueUs?: number;
  readonly computeUs?: number;
}

/** An answer as people read it, with its time and its bill. */
export function Answer({ answer, draft }: Answered): JSX.Element {
  const text = useText(words);
  const { duration } = useNumbers();
  const { version, predictions, timing, costUs, warnings } = answer;
  const { queueUs = 0, computeUs = 0 } = (timing ?? {}) as Timing;
  const shown = predictions ?? [answer["outputs"]];
  return (
    <article className={style["answer"]}>
      <header>
        <h3>{text.answerOf(version)}</h3>
        <small className="soft">
          {text.took(duration(queueUs / 1000), duration(computeUs / 1000))}
          {typeof costUs === "number" && ` · ${text.bill(duration(costUs / 1000))}`}
        </small>
      </header>
      <ol className={style["predictions"]}>
        {shown.map((prediction, at) => (
          // oxlint-disable-next-line react/no-array-index-key -- predictions have no other name than their place
          <li key={at}>
            {shown.length > 1 && <small className="soft">{text.row(at + 1)}</small>}
            <PredictionView prediction={prediction} draft={draft} />
          </li>
        ))}
      </ol>
      {Array.isArray(warnings) && <Warnings warnings={warnings as string[]} />}
      <details className={style["details"]}>
        <summary>{text.asJson}</summary>
        <pre className={style["json"]}>{JSON.stringify(answer, undefined, 2)}</pre>
      </details>
    </article>
  );
}

function Warnings({ warnings }: { readonly warnings: readonly string[] }): JSX.Element {
  const text = useText(words);
  return (
    <div className={style["warnings"]}>
      <strong>{text.warnings}</strong>
      <ul>
        {warnings.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
    </div>
  );
}
