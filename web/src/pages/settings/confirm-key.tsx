import { useQueryClient } from "@tanstack/react-query";
import { type JSX, useState } from "react";
import { Button } from "../../parts/button.tsx";
import { Dialog, DialogActions } from "../../parts/dialog.tsx";
import { Problem } from "../../parts/state.tsx";
import { useAttempt } from "../../parts/use-attempt.ts";
import { useText } from "../../text/language.tsx";
import { words } from "./words.ts";

interface ConfirmKeyProps {
  readonly action: string;
  readonly title: string;
  readonly sentence: string;
  readonly onConfirm: () => Promise<void>;
  readonly isDanger?: boolean;
}

/** A button that asks once before it does what it says. */
export function ConfirmKey({
  action,
  title,
  sentence,
  onConfirm,
  isDanger = false,
}: ConfirmKeyProps): JSX.Element {
  const text = useText(words);
  const cache = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const { error, attempt } = useAttempt();
  const confirm = async () => {
    await attempt(async () => {
      await onConfirm();
      setOpen(false);
    });
    await cache.invalidateQueries({ queryKey: ["keys"] });
  };
  return (
    <>
      <Button small kind={isDanger ? "danger" : "plain"} onClick={() => setOpen(true)}>
        {action}
      </Button>
      <Dialog isOpen={isOpen} onClose={() => setOpen(false)} title={title} description={<p>{sentence}</p>}>
        {error !== undefined && <Problem error={error} />}
        <DialogActions>
          <Button onClick={() => setOpen(false)}>{text.cancel}</Button>
          <Button kind={isDanger ? "danger" : "primary"} onClick={() => void confirm()}>
            {action}
          </Button>
        </DialogActions>
      </Dialog>
    </>
  );
}
