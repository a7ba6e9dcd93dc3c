import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type JSX, useState } from "react";
import type { Role } from "../../data/api.ts";
import { client } from "../../data/client.ts";
import { ROLES, sessionQuery, signIn, useSession, whileChanging } from "../../data/session.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog, DialogActions } from "../../parts/dialog.tsx";
import { Select } from "../../parts/select.tsx";
import { Problem } from "../../parts/state.tsx";
import { TextField } from "../../parts/text-field.tsx";
import { useAttempt } from "../../parts/use-attempt.ts";
import { useText } from "../../text/language.tsx";
import style from "./settings.module.css";
import type { Secret } from "./shown-secret.tsx";
import { words } from "./words.ts";

interface NewKeyProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onSecret: (secret: Secret) => void;
}

interface Wanted {
  readonly name: string;
  readonly role: Role;
  readonly models: string;
  /** A day, or "". */
  readonly expires: string;
}

/** A key for somebody. The first one is for an administrator, who is signed in with it at once. */
export function NewKey({ isOpen, onClose, onSecret }: NewKeyProps): JSX.Element {
  const text = useText(words);
  const cache = useQueryClient();
  const { data: session } = useSession();
  const isFirst = session?.authentication === false;
  const [wanted, setWanted] = useState<Wanted>({
    name: "",
    role: isFirst ? "admin" : "predictor",
    models: "*",
    expires: "",
  });
  const { error, attempt } = useAttempt();
  const make = async (event: FormEvent) => {
    event.preventDefault();
    await attempt(async () => {
      const { name, secret } = await whileChanging(async () => {
        const made = await client.admin.createKey({ body: bodyOf(wanted) });
        if (isFirst) cache.setQueryData(sessionQuery.queryKey, await signIn(made.secret));
        return made;
      });
      onClose();
      onSecret({ name, secret });
      await cache.invalidateQueries({ queryKey: ["keys"] });
    });
  };
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={text.newKey}
      description={<p>{isFirst ? text.firstKeySays : text.newKeySays}</p>}
    >
      <form className={style["form"]} onSubmit={(event) => void make(event)}>
        <KeyFields wanted={wanted} onChange={setWanted} />
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

const bodyOf = ({ name, role, models, expires }: Wanted) => ({
  name,
  role,
  models: models.split(",").map((pattern) => pattern.trim()),
  ...(expires !== "" && { expiresAt: new Date(expires).toISOString() }),
});

interface KeyFieldsProps {
  readonly wanted: Wanted;
  readonly onChange: (wanted: Wanted) => void;
}

function KeyFields({ wanted, onChange }: KeyFieldsProps): JSX.Element {
  const text = useText(words);
  const set = (part: Partial<Wanted>) => onChange({ ...wanted, ...part });
  return (
    <>
      <TextField
        label={text.name}
        value={wanted.name}
        onChange={(name) => set({ name })}
        help={text.nameHelp}
        required
      />
      <Select
        label={text.role}
        value={wanted.role}
        options={ROLES.map((role) => ({ value: role, label: `${role}: ${text[role]}` }))}
        onChange={(role) => set({ role })}
      />
      <TextField
        label={text.patterns}
        value={wanted.models}
        onChange={(models) => set({ models })}
        help={text.patternsHelp}
      />
      <TextField
        label={text.expires}
        type="date"
        value={wanted.expires}
        onChange={(expires) => set({ expires })}
        help={text.expiresHelp}
      />
    </>
  );
}
