import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type JSX, useState } from "react";
import { client } from "../../data/client.ts";
import { useMay } from "../../data/session.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog, DialogActions } from "../../parts/dialog.tsx";
import { Problem } from "../../parts/state.tsx";
import { useTell } from "../../parts/toast.tsx";
import { useAttempt } from "../../parts/use-attempt.ts";
import { useText } from "../../text/language.tsx";
import { words } from "./words.ts";

export function DeleteEndpoint({ endpoint }: { readonly endpoint: string }): JSX.Element {
  const text = useText(words);
  const tell = useTell();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const mayRelease = useMay("releaser");
  const [isOpen, setOpen] = useState(false);
  const { error, attempt } = useAttempt();
  const remove = async () =>
    attempt(async () => {
      await client.admin.deleteEndpoint({ params: { endpoint } });
      tell(text.removed(endpoint));
      await navigate({ to: "/ui/endpoints" });
      await cache.invalidateQueries({ queryKey: ["endpoints"] });
    });
  return (
    <>
      <Button
        kind="danger"
        disabled={!mayRelease}
        onClick={() => setOpen(true)}
        title={mayRelease ? undefined : text.needsRole}
      >
        {text.remove}
      </Button>
      <Dialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={text.removeTitle(endpoint)}
        description={<p>{text.removeSays(endpoint)}</p>}
      >
        {error !== undefined && <Problem error={error} />}
        <DialogActions>
          <Button onClick={() => setOpen(false)}>{text.cancel}</Button>
          <Button kind="danger" onClick={() => void remove()}>
            {text.remove}
          </Button>
        </DialogActions>
      </Dialog>
    </>
  );
}
