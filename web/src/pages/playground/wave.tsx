import { type JSX, useEffect, useState } from "react";
import { useText } from "../../text/language.tsx";
import style from "./playground.module.css";
import type { SoundSegment } from "./readable.ts";
import { words } from "./words.ts";

interface WaveProps {
  readonly sound: Blob;
  readonly segments: readonly SoundSegment[];
}

const WIDTH = 600;
const HEIGHT = 80;

interface Shape {
  /** Largest distance from silence in each of {@link WIDTH} steps, 0 to 1. */
  readonly peaks: readonly number[];
  readonly ms: number;
}

/** A sound as a line with its segments behind it. */
export function Wave({ sound, segments }: WaveProps): JSX.Element | null {
  const text = useText(words);
  const [shape, setShape] = useState<Shape>();
  useEffect(() => {
    let isGone = false;
    const draw = async () => {
      const found = await shapeOf(sound);
      if (!isGone) setShape(found);
    };
    void draw();
    return () => {
      isGone = true;
    };
  }, [sound]);
  if (!shape) return null;
  const x = (ms: number) => (ms / shape.ms) * WIDTH;
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      className={style["wave"]}
      role="img"
      aria-label={text.wave}
      preserveAspectRatio="none"
    >
      {segments.map(({ startMs, endMs }) => (
        <rect key={startMs} x={x(startMs)} width={x(endMs) - x(startMs)} y={0} height={HEIGHT} />
      ))}
      <path d={shape.peaks.map((peak, at) => barAt(at, peak)).join("")} />
    </svg>
  );
}

const barAt = (at: number, peak: number) =>
  `M${at} ${(HEIGHT / 2) * (1 - peak)}V${(HEIGHT / 2) * (1 + Math.max(peak, 0.01))}`;

/** The browser decodes it; a sound that it cannot read has no line. */
async function shapeOf(sound: Blob): Promise<Shape | undefined> {
  const context = new AudioContext();
  try {
    const decoded = await context.decodeAudioData(await sound.arrayBuffer());
    return { peaks: peaksOf(decoded.getChannelData(0)), ms: decoded.duration * 1000 };
  } catch {
    return undefined;
  } finally {
    await context.close();
  }
}

function peaksOf(samples: Float32Array): readonly number[] {
  const step = Math.max(1, samples.length / WIDTH);
  return Array.from({ length: WIDTH }, (_, at) =>
    samples
      .subarray(Math.floor(at * step), Math.floor((at + 1) * step))
      .reduce((most, sample) => Math.max(most, Math.abs(sample)), 0),
  );
}
