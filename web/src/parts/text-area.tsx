import { type JSX, useId } from "react";
import { classes } from "./classes.ts";
import style from "./field.module.css";

interface TextAreaProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly rows: number;
  readonly help?: string | undefined;
  readonly problem?: string | undefined;
  /** Data rather than prose. */
  readonly isCode?: boolean;
}

/** Several lines of text. */
export function TextArea({
  label,
  value,
  onChange,
  rows,
  help,
  problem,
  isCode = false,
}: TextAreaProps): JSX.Element {
  const id = useId();
  return (
    <div className={style["field"]}>
      <label htmlFor={id} className={style["label"]}>
        {label}
      </label>
      <textarea
        id={id}
        className={classes(style["control"], isCode && style["code"])}
        rows={rows}
        spellCheck={!isCode}
        value={value}
        onChange={({ target }) => onChange(target.value)}
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-more`}
      />
      <small id={`${id}-more`}>
        {help !== undefined && <span className="soft">{help} </span>}
        {problem !== undefined && <span className={style["wrong"]}>{problem}</span>}
      </small>
    </div>
  );
}
