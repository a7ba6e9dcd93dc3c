import type { JSX } from "react";
import { Button } from "../../parts/button.tsx";
import { CodeBlock } from "../../parts/code-block.tsx";
import { Dialog, DialogActions } from "../../parts/dialog.tsx";
import { useText } from "../../text/language.tsx";
import { words } from "./words.ts";

export interface Secret {
  readonly name: string;
  readonly secret: string;
}

interface ShownSecretProps {
  readonly secret: Secret | undefined;
  readonly onClose: () => void;
}

/** A key, the one time that it can be seen. */
export function ShownSecret({ secret, onClose }: ShownSecretProps): JSX.Element {
  const text = useText(words);
  return (
    <Dialog
      isOpen={secret !== undefined}
      onClose={onClose}
      title={text.secret}
      description={<p>{text.secretSays(secret?.name ?? "")}</p>}
    >
      <CodeBlock label={secret?.name ?? ""} code={secret?.secret ?? ""} />
      <DialogActions>
        <Button kind="primary" onClick={onClose}>
          {text.done}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
