import { type JSX, useId } from "react";
import { classes } from "./classes.ts";
import style from "./field.module.css";

interface SelectProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
  readonly isLabelHidden?: boolean;
}

/** One of a few; the browser's own control, which every keyboard and phone knows. */
export function Select<T extends string>({
  label,
  value,
  options,
  onChange,
  isLabelHidden = false,
}: SelectProps<T>): JSX.Element {
  const id = useId();
  return (
    <div className={style["field"]}>
      <label htmlFor={id} className={classes(style["label"], isLabelHidden && "unseen")}>
        {label}
      </label>
      <select
        id={id}
        className={style["control"]}
        value={value}
        onChange={({ target }) => onChange(target.value as T)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
