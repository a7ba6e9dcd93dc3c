import { type JSX, useState } from "react";
import { catalogue } from "../text/catalogue.ts";
import { useText } from "../text/language.tsx";
import { Button } from "./button.tsx";
import style from "./code-block.module.css";

const words = catalogue({
  en: { copy: "Copy", copied: "Copied", select: "Select it and copy by hand" },
  es: { copy: "Copiar", copied: "Copiado", select: "Selecciónelo y cópielo a mano" },
});

interface CodeBlockProps {
  readonly code: string;
  /** What it is, for those who do not see it. */
  readonly label: string;
}

/** Text to take along, with a button that does it. */
export function CodeBlock({ code, label }: CodeBlockProps): JSX.Element {
  const text = useText(words);
  const [state, setState] = useState<"copy" | "copied" | "select">("copy");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(code);
      setState("copied");
    } catch {
      // Without TLS, browsers give no clipboard to any host but this machine.
      setState("select");
    }
  };
  return (
    <figure className={style["block"]}>
      <figcaption className={style["head"]}>
        <span className="soft">{label}</span>
        <Button small kind="quiet" onClick={() => void copy()}>
          <span aria-live="polite">{text[state]}</span>
        </Button>
      </figcaption>
      {/* What scrolls must be reached by the keyboard. */}
      <pre className={style["code"]} tabIndex={0} aria-label={label}>
        <code>{code}</code>
      </pre>
    </figure>
  );
}
