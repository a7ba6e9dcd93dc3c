import { type JSX, useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Language } from "../text/catalogue.ts";
import { useLanguage } from "../text/language.tsx";
import style from "./time-chart.module.css";

/** One line of a chart. */
export interface Line {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** 1 to 5, of the colours of series. */
  readonly color: number;
}

interface TimeChartProps {
  readonly title: string;
  /** Milliseconds since 1970, ascending. */
  readonly at: readonly number[];
  readonly lines: readonly Line[];
  /** Writes a value with its unit. */
  readonly print: (value: number | null | undefined) => string;
  /** Moments at which another version began to answer. */
  readonly markers?: readonly number[];
}

const HEIGHT = 190;

const TIME: Readonly<Record<Language, string>> = { en: "Time", es: "Hora" };

/** Lines over time with what they were at the cursor. */
export function TimeChart({ title, at, lines, print, markers = [] }: TimeChartProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const { language } = useLanguage();
  const drawn = useRef({ print, markers });
  drawn.current = { print, markers };
  const shape = lines.map(({ label, color }) => `${label}/${color}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: values are set below; only another shape needs another chart
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const made = new uPlot(optionsOf(element, lines, { drawn, language }), dataOf(at, lines), element);
    chart.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      chart.current = undefined;
    };
    // oxlint-disable-next-line react/exhaustive-deps -- values are set below; only another shape needs another chart
  }, [shape, language]);
  useEffect(() => {
    chart.current?.setData(dataOf(at, lines));
  }, [at, lines]);
  return (
    <figure className={style["chart"]}>
      <figcaption>{title}</figcaption>
      <div ref={place} role="img" aria-label={summaryOf(title, lines, print)} />
    </figure>
  );
}

const dataOf = (at: readonly number[], lines: readonly Line[]): uPlot.AlignedData =>
  [at.map((ms) => ms / 1000), ...lines.map(({ values }) => [...values])] as uPlot.AlignedData;

/** What those hear who do not see the lines. */
const summaryOf = (title: string, lines: readonly Line[], print: TimeChartProps["print"]) =>
  `${title}: ${lines.map(({ label, values }) => `${label} ${print(values.at(-1))}`).join(", ")}`;

interface Look {
  readonly drawn: { readonly current: Required<Pick<TimeChartProps, "print" | "markers">> };
  readonly language: Language;
}

function optionsOf(element: HTMLElement, lines: readonly Line[], { drawn, language }: Look): uPlot.Options {
  const clock = new Intl.DateTimeFormat(language, { timeStyle: "medium" });
  const timeOf = (seconds: number) => clock.format(seconds * 1000);
  const color = (name: string) => () => getComputedStyle(element).getPropertyValue(name);
  const axis = {
    stroke: color("--text-soft"),
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    cursor: { y: false },
    scales: { y: { range: (_chart, _low, high) => [0, high > 0 ? high * 1.1 : 1] } },
    axes: [
      { ...axis, space: 90, values: (_chart, splits) => splits.map(timeOf) },
      { ...axis, size: 70, values: (_chart, splits) => splits.map((one) => drawn.current.print(one)) },
    ],
    series: [
      {
        label: TIME[language],
        value: (_chart: uPlot, seconds: number | null) => (seconds === null ? "" : timeOf(seconds)),
      },
      ...lines.map(({ label, color: number }) => ({
        label,
        stroke: color(`--series-${number}`),
        width: 1.5,
        points: { show: false },
        value: (_chart: uPlot, value: number | null) => drawn.current.print(value),
      })),
    ],
    hooks: { draw: [(chart) => drawMarkers(chart, drawn.current.markers, color("--series-2")())] },
  };
}

function drawMarkers(chart: uPlot, markers: readonly number[], color: string): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.setLineDash([4, 4]);
  for (const ms of markers) {
    const x = chart.valToPos(ms / 1000, "x", true);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
