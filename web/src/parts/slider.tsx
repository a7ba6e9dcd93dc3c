import { type JSX, useId } from "react";
import style from "./slider.module.css";

interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly onChange: (value: number) => void;
  /** What the place of the handle means. */
  readonly shown: string;
}

/** A whole number within bounds, and what it comes to. */
export function Slider({ label, value, min, max, onChange, shown }: SliderProps): JSX.Element {
  const id = useId();
  return (
    <div className={style["slider"]}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        value={value}
        onChange={({ target }) => onChange(Number(target.value))}
      />
      <output htmlFor={id} className="number">
        {shown}
      </output>
    </div>
  );
}
