import type { JSX } from "react";
import { useNumbers } from "../../parts/numbers.ts";
import { useText } from "../../text/language.tsx";
import { BoxedPicture } from "./boxed-picture.tsx";
import type { Draft } from "./draft.ts";
import style from "./playground.module.css";
import { type LabelShare, readableOf, type SoundSegment } from "./readable.ts";
import { Wave } from "./wave.tsx";
import { words } from "./words.ts";

interface PredictionViewProps {
  readonly prediction: unknown;
  readonly draft: Draft;
}

/** One prediction: bars for labels, boxes over the picture, segments over the sound, and the rest by name. */
export function PredictionView({ prediction, draft }: PredictionViewProps): JSX.Element {
  const { shares, segments, boxes, text, rest } = readableOf(prediction);
  return (
    <div className={style["prediction"]}>
      {shares.length > 0 && <LabelBars shares={shares} />}
      {text !== undefined && <p className={style["read"]}>{text}</p>}
      {boxes && draft.kind === "image" && <BoxedPicture picture={draft.body} boxes={boxes} />}
      {segments && draft.kind === "sound" && <Wave sound={draft.body} segments={segments} />}
      {segments && <Segments segments={segments} />}
      {rest.length > 0 && <Fields fields={rest} />}
    </div>
  );
}

function LabelBars({ shares }: { readonly shares: readonly LabelShare[] }): JSX.Element {
  const { percent } = useNumbers();
  return (
    <ul className={style["bars"]}>
      {shares.map(({ label, probability }) => (
        <li key={label}>
          <span>{label}</span>
          <span className={style["bar"]}>
            <span style={{ width: `${Math.max(0, Math.min(1, probability || 0)) * 100}%` }} />
          </span>
          <span className="number">{percent(probability)}</span>
        </li>
      ))}
    </ul>
  );
}

function Segments({ segments }: { readonly segments: readonly SoundSegment[] }): JSX.Element {
  const text = useText(words);
  const { duration, percent } = useNumbers();
  return (
    <table className={style["segments"]}>
      <thead>
        <tr>
          <th scope="col">{text.from}</th>
          <th scope="col">{text.to}</th>
          <th scope="col">{text.sure}</th>
        </tr>
      </thead>
      <tbody>
        {segments.map(({ startMs, endMs, probability }) => (
          <tr key={startMs}>
            <td>{duration(startMs)}</td>
            <td>{duration(endMs)}</td>
            <td>{percent(probability)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const LONGEST = 2000;

function Fields({ fields }: { readonly fields: readonly (readonly [string, unknown])[] }): JSX.Element {
  return (
    <dl className={style["figures"]}>
      {fields.map(([name, value]) => (
        <div key={name}>
          {name !== "" && <dt>{name}</dt>}
          <dd>
            <code>{shortened(value)}</code>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function shortened(value: unknown): string {
  const whole = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole;
}
