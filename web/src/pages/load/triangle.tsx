import type { JSX } from "react";
import type { LoadTestReport } from "../../../../src/client/index.ts";
import { seriesColor } from "../../parts/series.tsx";
import { useText } from "../../text/language.tsx";
import style from "./load.module.css";
import { type Corners, cornersOf } from "./triangle-shape.ts";
import { words } from "./words.ts";

const SIZE = 240;
const MIDDLE = { x: SIZE / 2, y: SIZE * 0.56 };
const RADIUS = SIZE * 0.4;

/** Directions of latency, throughput and cost, in degrees from the top. */
const DIRECTIONS = [0, 120, 240] as const;

function pointAt(degrees: number, share: number) {
  const angle = ((degrees - 90) * Math.PI) / 180;
  return { x: MIDDLE.x + Math.cos(angle) * RADIUS * share, y: MIDDLE.y + Math.sin(angle) * RADIUS * share };
}

const outline = (shares: readonly number[]) =>
  DIRECTIONS.map((degrees, at) => pointAt(degrees, shares[at] ?? 0))
    .map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`)
    .join(" ");

/** What the tests trade: one triangle for each. */
export function Triangle({ reports }: { readonly reports: readonly LoadTestReport[] }): JSX.Element {
  const text = useText(words);
  const corners = cornersOf(reports);
  const names = [text.latency, text.throughput, text.cost];
  return (
    <svg
      viewBox={`-40 0 ${SIZE + 80} ${SIZE * 0.9}`}
      className={style["triangle"]}
      role="img"
      aria-label={text.triangle}
    >
      {[1 / 3, 2 / 3, 1].map((share) => (
        <polygon key={share} points={outline([share, share, share])} className={style["grid"]} />
      ))}
      {corners.map((one, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- tests have no other name than their place
        <polygon key={at} points={outline(sharesOf(one))} style={{ stroke: seriesColor(at) }} />
      ))}
      {DIRECTIONS.map((degrees, at) => (
        <text key={degrees} {...pointAt(degrees, 1.2)} textAnchor="middle">
          {names[at]}
        </text>
      ))}
    </svg>
  );
}

const sharesOf = ({ latency, throughput, cost }: Corners) => [latency, throughput, cost];
