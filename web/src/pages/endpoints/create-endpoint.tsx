import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, type JSX, useState } from "react";
import { client } from "../../data/client.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog, DialogActions } from "../../parts/dialog.tsx";
import { Problem } from "../../parts/state.tsx";
import { TextField } from "../../parts/text-field.tsx";
import { useAttempt } from "../../parts/use-attempt.ts";
import { useText } from "../../text/language.tsx";
import style from "./endpoints.module.css";
import { NEW_PLAN, specOf } from "./plan.ts";
import { PlanForm } from "./plan-form.tsx";
import { words } from "./words.ts";

interface CreateEndpointProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function CreateEndpoint({ isOpen, onClose }: CreateEndpointProps): JSX.Element {
  const text = useText(words);
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [plan, setPlan] = useState(NEW_PLAN);
  const { error, attempt } = useAttempt();
  const create = async (event: FormEvent) => {
    event.preventDefault();
    await attempt(async () => {
      await client.admin.setEndpoint({ params: { endpoint: name }, body: specOf(plan) }, { ifNew: true });
      await cache.invalidateQueries({ queryKey: ["endpoints"] });
      onClose();
      await navigate({ to: "/ui/endpoints/$endpoint", params: { endpoint: name } });
    });
  };
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={text.create} description={<p>{text.createSays}</p>}>
      <form className={style["form"]} onSubmit={(event) => void create(event)}>
        <TextField label={text.name} value={name} onChange={setName} help={text.nameHelp} required />
        <PlanForm plan={plan} onChange={setPlan} />
        {error !== undefined && <Problem error={error} />}
        <DialogActions>
          <Button onClick={onClose}>{text.cancel}</Button>
          <Button kind="primary" type="submit">
            {text.create}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
