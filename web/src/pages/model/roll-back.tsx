import { type JSX, useState } from "react";
import type { ModelDetail } from "../../data/api.ts";
import { client } from "../../data/client.ts";
import { useMay } from "../../data/session.ts";
import { Button } from "../../parts/button.tsx";
import { useNumbers } from "../../parts/numbers.ts";
import { useTell } from "../../parts/toast.tsx";
import { useText } from "../../text/language.tsx";
import { ConfirmChange } from "./confirm-change.tsx";
import { words } from "./words.ts";

/** Back to the version before, in two clicks. Of no use where there is none. */
export function RollBack({ detail }: { readonly detail: ModelDetail | undefined }): JSX.Element | null {
  const text = useText(words);
  const { duration } = useNumbers();
  const tell = useTell();
  const mayRelease = useMay("releaser");
  const [isOpen, setOpen] = useState(false);
  const champion = detail?.aliases?.find(({ alias }) => alias === "champion");
  const to = champion?.previous.at(0);
  if (!detail || !champion || to === undefined) return null;
  const { model } = detail;
  const rollBack = async (reason: string) => {
    const { version, swapMs } = await client.admin.rollback({
      params: { model },
      body: { ...(reason && { reason }) },
    });
    tell(text.done(model, version), text.swapped(duration(swapMs)));
  };
  return (
    <>
      <Button
        kind="danger"
        onClick={() => setOpen(true)}
        disabled={!mayRelease}
        title={mayRelease ? undefined : text.needsRole}
      >
        {text.rollBack}
      </Button>
      <ConfirmChange
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={text.rollBackTitle(to)}
        sentence={text.rollBackSays(model, champion.version, to)}
        action={text.rollBack}
        onConfirm={rollBack}
      />
    </>
  );
}
