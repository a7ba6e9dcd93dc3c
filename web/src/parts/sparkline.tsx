import type { JSX } from "react";
import style from "./sparkline.module.css";

interface SparklineProps {
  /** Values over time, oldest first, evenly spaced; null where none is known. */
  readonly values: readonly (number | null)[];
  /** What it shows, for those who do not see it. */
  readonly label: string;
  /** Places, counted from the oldest value, where something was deployed. */
  readonly markers?: readonly number[];
}

const WIDTH = 120;
const HEIGHT = 28;

/** A line without axes, from zero up. */
export function Sparkline({ values, label, markers = [] }: SparklineProps): JSX.Element {
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  const x = (at: number) => (values.length < 2 ? WIDTH : (at / (values.length - 1)) * WIDTH);
  const y = (value: number) => HEIGHT - 2 - (most === 0 ? 0 : (value / most) * (HEIGHT - 4));
  return (
    <svg
      className={style["sparkline"]}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {markers.map((at) => (
        <line key={at} x1={x(at)} x2={x(at)} y1={0} y2={HEIGHT} className={style["marker"]} />
      ))}
      <path d={lineThrough(values, x, y)} className={style["line"]} />
    </svg>
  );
}

/** The path through the values that are known; it breaks off where one is not. */
function lineThrough(
  values: readonly (number | null)[],
  x: (at: number) => number,
  y: (value: number) => number,
): string {
  const steps = values.map((value, at) => {
    if (value === null) return "";
    const before = values[at - 1];
    const isFirst = before === undefined || before === null;
    return `${isFirst ? "M" : "L"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
  });
  return steps.join("");
}
