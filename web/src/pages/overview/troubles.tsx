import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { JSX } from "react";
import type { Model } from "../../data/api.ts";
import { type Trouble, troublesOf } from "../../data/problems.ts";
import { queries } from "../../data/queries.ts";
import { useNumbers } from "../../parts/numbers.ts";
import { useText } from "../../text/language.tsx";
import style from "./troubles.module.css";
import { words } from "./words.ts";

/** Problems come first; without any there is nothing to see. */
export function Troubles({ models }: { readonly models: readonly Model[] }): JSX.Element | null {
  const text = useText(words);
  const { data: history } = useQuery(queries.load());
  const troubles = troublesOf(models, history);
  if (troubles.length === 0) return null;
  return (
    <section className={style["troubles"]} aria-labelledby="troubles">
      <h2 id="troubles">{text.problems}</h2>
      <ul>
        {troubles.map((trouble) => (
          <li key={keyOf(trouble)}>
            <Link to="/ui/models/$model" params={{ model: trouble.model }}>
              <Sentence trouble={trouble} />
            </Link>
            {trouble.kind === "failed" && <span className="soft"> {trouble.reason}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

const keyOf = (trouble: Trouble) =>
  `${trouble.kind} ${trouble.model} ${trouble.kind === "failed" ? trouble.version : ""}`;

function Sentence({ trouble }: { readonly trouble: Trouble }): string {
  const text = useText(words);
  const { number, count } = useNumbers();
  const { model } = trouble;
  if (trouble.kind === "failed") return text.failed(model, trouble.version);
  if (trouble.kind === "failing") return text.failing(model, number(trouble.rate));
  if (trouble.kind === "waiting") return text.waiting(model, count(trouble.rows));
  return text.silent(model);
}
