import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type JSX, useState } from "react";
import type { Description, ModelDetail } from "../../data/api.ts";
import { client } from "../../data/client.ts";
import { codeSamples } from "../../data/code-samples.ts";
import { queries } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { CodeBlock } from "../../parts/code-block.tsx";
import { Select } from "../../parts/select.tsx";
import { Problem } from "../../parts/state.tsx";
import { useText } from "../../text/language.tsx";
import { Answer, type Answered } from "./answer.tsx";
import type { Draft } from "./draft.ts";
import { ModelInput } from "./model-input.tsx";
import style from "./playground.module.css";
import { words } from "./words.ts";

interface BenchProps {
  readonly detail: ModelDetail;
  readonly description: Description;
}

/** One input, and what one or two versions say of it. */
export function Bench({ detail, description }: BenchProps): JSX.Element {
  const text = useText(words);
  const mayAsk = useMay("predictor");
  const [draft, setDraft] = useState<Draft>();
  const [versions, setVersions] = useState<readonly (number | undefined)[]>([undefined]);
  const { answers, error, isBusy, ask } = useAnswers(detail.model);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (draft) void ask(draft, versions);
  };
  return (
    <>
      <form className={style["bench"]} onSubmit={submit}>
        <Card title={text.input}>
          <ModelInput description={description} onDraft={setDraft} />
          <VersionChoice detail={detail} versions={versions} onChange={setVersions} />
          <div>
            <Button
              kind="primary"
              type="submit"
              busy={isBusy}
              disabled={!draft || !mayAsk}
              title={mayAsk ? undefined : text.needsRole}
            >
              {text.ask}
            </Button>
          </div>
        </Card>
        <Card title={text.answer}>
          <div aria-live="polite" className={style["answers"]}>
            {error !== undefined && <Problem error={error} />}
            {answers.length === 0 && error === undefined && <p className="soft">{text.nothingYet}</p>}
            {answers.map((answered) => (
              <Answer key={answered.answer.version} {...answered} />
            ))}
          </div>
        </Card>
      </form>
      <RequestCode detail={detail} description={description} draft={draft} />
    </>
  );
}

function useAnswers(model: string) {
  const [answers, setAnswers] = useState<readonly Answered[]>([]);
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const ask = async (draft: Draft, versions: readonly (number | undefined)[]) => {
    setBusy(true);
    setError(undefined);
    try {
      const asked = versions.map(async (version) => client.predictFile(model, draft.body, { version }));
      setAnswers((await Promise.all(asked)).map((answer) => ({ answer, draft })));
    } catch (thrown) {
      setError(thrown);
      setAnswers([]);
    } finally {
      setBusy(false);
    }
  };
  return { answers, error, isBusy, ask };
}

interface VersionChoiceProps {
  readonly detail: ModelDetail;
  readonly versions: readonly (number | undefined)[];
  readonly onChange: (versions: readonly (number | undefined)[]) => void;
}

/** The version that is asked, and perhaps a second one to compare it with. */
function VersionChoice({ detail, versions, onChange }: VersionChoiceProps): JSX.Element | null {
  const text = useText(words);
  const ready = detail.versions.filter(({ state }) => state === "ready");
  if (ready.length < 2) return null;
  const options = ready.map(({ version }) => ({ value: String(version), label: String(version) }));
  const [first, second] = versions;
  const numberOf = (value: string) => (value === "" ? undefined : Number(value));
  const withSecond = (value: string) => onChange(value === "" ? [first] : [first, Number(value)]);
  return (
    <div className={style["choices"]}>
      <Select
        label={text.version}
        value={first === undefined ? "" : String(first)}
        options={[{ value: "", label: text.answering }, ...options]}
        onChange={(value) => onChange([numberOf(value), ...versions.slice(1)])}
      />
      <Select
        label={text.against}
        value={second === undefined ? "" : String(second)}
        options={[{ value: "", label: text.none }, ...options]}
        onChange={withSecond}
      />
    </div>
  );
}

interface RequestCodeProps extends BenchProps {
  readonly draft: Draft | undefined;
}

function RequestCode({ detail, description, draft }: RequestCodeProps): JSX.Element {
  const text = useText(words);
  const { data: server } = useQuery(queries.server());
  const samples = codeSamples({
    url: window.location.origin,
    name: detail.model,
    description,
    rows: draft?.rows,
    grpcPort: server?.grpcPort ?? undefined,
    hasKey: server?.authentication ?? false,
  });
  return (
    <details className={style["details"]}>
      <summary>{text.code}</summary>
      {samples.map(({ name, code }) => (
        <CodeBlock key={name} label={name} code={code} />
      ))}
    </details>
  );
}
