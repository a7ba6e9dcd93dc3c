import type { JSX } from "react";
import type { Role } from "../../data/api.ts";
import { useMay } from "../../data/session.ts";
import { Button } from "../../parts/button.tsx";
import { Problem } from "../../parts/state.tsx";
import { useText } from "../../text/language.tsx";
import type { Work } from "./use-work.ts";
import { words } from "./words.ts";

interface StartButtonProps {
  readonly label: string;
  readonly needs: Role;
  readonly work: Pick<Work<unknown>, "isBusy" | "start" | "error">;
}

/** Begins what a stop shows. */
export function StartButton({ label, needs, work }: StartButtonProps): JSX.Element {
  const text = useText(words);
  const isAllowed = useMay(needs);
  return (
    <>
      <div>
        <Button
          kind="primary"
          busy={work.isBusy}
          disabled={!isAllowed}
          title={isAllowed ? undefined : text.role}
          onClick={work.start}
        >
          {label}
        </Button>
      </div>
      {work.error !== undefined && <Problem error={work.error} />}
    </>
  );
}
