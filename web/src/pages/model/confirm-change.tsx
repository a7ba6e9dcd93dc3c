import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type JSX, type ReactNode, useState } from "react";
import { Button } from "../../parts/button.tsx";
import { Dialog, DialogActions } from "../../parts/dialog.tsx";
import { Problem } from "../../parts/state.tsx";
import { TextField } from "../../parts/text-field.tsx";
import { useAttempt } from "../../parts/use-attempt.ts";
import { useText } from "../../text/language.tsx";
import style from "./model-page.module.css";
import { words } from "./words.ts";

interface ConfirmChangeProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** What will happen. */
  readonly sentence: string;
  /** The word on the button that does it. */
  readonly action: string;
  readonly onConfirm: (reason: string) => Promise<void>;
  /** What else one can say. */
  readonly children?: ReactNode;
}

/** One sentence, a reason for the audit log, and a button. Closes once it is done; else says why it is not. */
export function ConfirmChange({
  isOpen,
  onClose,
  title,
  sentence,
  action,
  onConfirm,
  children,
}: ConfirmChangeProps): JSX.Element {
  const text = useText(words);
  const cache = useQueryClient();
  const [reason, setReason] = useState("");
  const { error, isBusy, attempt, clear } = useAttempt();
  const close = () => {
    clear();
    setReason("");
    onClose();
  };
  const confirm = async (event: FormEvent) => {
    event.preventDefault();
    await attempt(async () => {
      await onConfirm(reason);
      await cache.invalidateQueries({ queryKey: ["models"] });
      close();
    });
  };
  return (
    <Dialog isOpen={isOpen} onClose={close} title={title} description={<p>{sentence}</p>}>
      <form className={style["form"]} onSubmit={(event) => void confirm(event)}>
        <TextField
          label={text.reason}
          value={reason}
          onChange={setReason}
          help={text.reasonHelp}
          maxLength={500}
        />
        {error !== undefined && <Problem error={error} />}
        {children}
        <DialogActions>
          <Button onClick={close}>{text.cancel}</Button>
          <Button kind="primary" type="submit" busy={isBusy}>
            {action}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
