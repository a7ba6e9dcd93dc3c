import { type JSX, useState } from "react";
import { client } from "../../data/client.ts";
import { useMay } from "../../data/session.ts";
import { Button } from "../../parts/button.tsx";
import { useNumbers } from "../../parts/numbers.ts";
import { useTell } from "../../parts/toast.tsx";
import { useText } from "../../text/language.tsx";
import { ConfirmChange } from "./confirm-change.tsx";
import style from "./model-page.module.css";
import { words } from "./words.ts";

interface PromoteProps {
  readonly model: string;
  readonly version: number;
  /** The version that answers now. */
  readonly serving: number | undefined;
}

/** Makes a version the one that answers. Checks come first; what they find can be overruled. */
export function Promote({ model, version, serving }: PromoteProps): JSX.Element {
  const text = useText(words);
  const { duration } = useNumbers();
  const tell = useTell();
  const mayRelease = useMay("releaser");
  const [isOpen, setOpen] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  const [force, setForce] = useState(false);
  const promote = async (reason: string) => {
    const body = { version, force, ...(reason && { reason }) };
    try {
      const { swapMs } = await client.admin.promote({ params: { model }, body }, { timeoutMs: 600_000 });
      tell(text.done(model, version), text.swapped(duration(swapMs)));
    } catch (thrown) {
      setFailed(true);
      throw thrown;
    }
  };
  const close = () => {
    setOpen(false);
    setFailed(false);
    setForce(false);
  };
  const before = serving === undefined ? text.noVersionBefore : text.versionBefore(serving);
  return (
    <>
      <Button
        small
        onClick={() => setOpen(true)}
        disabled={!mayRelease}
        title={mayRelease ? undefined : text.needsRole}
      >
        {text.promote}
      </Button>
      <ConfirmChange
        isOpen={isOpen}
        onClose={close}
        title={text.promoteTitle(version)}
        sentence={text.promoteSays(model, version, before)}
        action={text.promote}
        onConfirm={promote}
      >
        {hasFailed && (
          <label className={style["check"]}>
            <input type="checkbox" checked={force} onChange={({ target }) => setForce(target.checked)} />
            {text.force}
          </label>
        )}
      </ConfirmChange>
    </>
  );
}
