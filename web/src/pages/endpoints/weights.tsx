import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type JSX, useState } from "react";
import { SirveError } from "../../../../src/client/index.ts";
import type { EndpointDetail } from "../../data/api.ts";
import { client } from "../../data/client.ts";
import { useMay } from "../../data/session.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { useNumbers } from "../../parts/numbers.ts";
import { Problem } from "../../parts/state.tsx";
import { useTell } from "../../parts/toast.tsx";
import { useText } from "../../text/language.tsx";
import style from "./endpoints.module.css";
import { planOf, sharesOf, specOf } from "./plan.ts";
import { PlanForm } from "./plan-form.tsx";
import { ShareBar } from "./share-bar.tsx";
import { words } from "./words.ts";

/** Weights by slider; nothing changes until it is saved, and nothing that somebody else has changed is overwritten. */
export function Weights({ detail }: { readonly detail: EndpointDetail }): JSX.Element {
  const text = useText(words);
  const { percent } = useNumbers();
  const cache = useQueryClient();
  const tell = useTell();
  const mayRelease = useMay("releaser");
  const [plan, setPlan] = useState(() => planOf(detail));
  const [error, setError] = useState<unknown>();
  const { endpoint, revision } = detail;
  const shares = sharesOf(plan.variants);
  const sentence = text.weightsSay(
    plan.variants.map(({ name }, at) => `${name} ${percent(shares[at])}`).join(", "),
  );
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setError(undefined);
    try {
      await client.admin.setEndpoint(
        { params: { endpoint }, body: specOf(plan, detail) },
        { ifMatch: revision },
      );
      tell(text.saved(endpoint), sentence);
    } catch (thrown) {
      setError(isOutdated(thrown) ? new Error(text.changed) : thrown);
    }
    await cache.invalidateQueries({ queryKey: ["endpoints"] });
  };
  return (
    <Card title={text.weights}>
      <ShareBar variants={plan.variants} />
      <form className={style["form"]} onSubmit={(event) => void save(event)}>
        <PlanForm plan={plan} onChange={setPlan} />
        <p className="soft">{sentence}</p>
        {error !== undefined && <Problem error={error} />}
        <div>
          <Button
            kind="primary"
            type="submit"
            disabled={!mayRelease}
            title={mayRelease ? undefined : text.needsRole}
          >
            {text.save}
          </Button>
        </div>
      </form>
    </Card>
  );
}

const isOutdated = (thrown: unknown) => thrown instanceof SirveError && thrown.status === 412;
