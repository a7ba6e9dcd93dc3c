import { type ComponentProps, type JSX, useId } from "react";
import style from "./field.module.css";

interface TextFieldProps extends Omit<ComponentProps<"input">, "onChange" | "value" | "className" | "id"> {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What belongs into it. */
  readonly help?: string | undefined;
  /** What is wrong with it. */
  readonly problem?: string | undefined;
}

/** One line of text or a number, with its label, its help and what is wrong with it. */
export function TextField({ label, value, onChange, help, problem, ...more }: TextFieldProps): JSX.Element {
  const id = useId();
  const described = [help && `${id}-help`, problem && `${id}-problem`].filter(Boolean).join(" ");
  return (
    <div className={style["field"]}>
      <label htmlFor={id} className={style["label"]}>
        {label}
      </label>
      <input
        {...more}
        id={id}
        className={style["control"]}
        value={value}
        onChange={({ target }) => onChange(target.value)}
        aria-invalid={problem !== undefined}
        {...(described !== "" && { "aria-describedby": described })}
      />
      {help !== undefined && (
        <small id={`${id}-help`} className="soft">
          {help}
        </small>
      )}
      {problem !== undefined && (
        <small id={`${id}-problem`} className={style["wrong"]}>
          {problem}
        </small>
      )}
    </div>
  );
}
