import type { JSX } from "react";
import type { Prediction } from "../../data/api.ts";
import { client } from "../../data/client.ts";
import { CodeBlock } from "../../parts/code-block.tsx";
import { useText } from "../../text/language.tsx";
import { StartButton } from "./start-button.tsx";
import { type StopProps, sampleRequest } from "./stop.ts";
import style from "./tour.module.css";
import { useWork } from "./use-work.ts";
import { words } from "./words.ts";

/** A request and its answer, as they are. */
export function ApiStop({ detail, description }: StopProps): JSX.Element {
  const text = useText(words).api;
  const request = sampleRequest(description);
  const work = useWork<Prediction>(async (tell) => tell(await client.predict(detail.model, request)));
  const sent = `POST /predict/${detail.model}\ncontent-type: application/json\n\n${short(request)}`;
  return (
    <>
      <StartButton label={text.ask} needs="predictor" work={work} />
      <div className={style["pair"]}>
        <CodeBlock label={text.sent} code={sent} />
        {work.result && <CodeBlock label={text.came} code={short(work.result)} />}
      </div>
    </>
  );
}

const LONGEST = 1500;

function short(value: unknown): string {
  const whole = JSON.stringify(value, undefined, 2);
  return whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole;
}
