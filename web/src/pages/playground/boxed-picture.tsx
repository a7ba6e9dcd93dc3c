import { type JSX, useState } from "react";
import { useText } from "../../text/language.tsx";
import style from "./playground.module.css";
import type { Box } from "./readable.ts";
import { useObjectUrl } from "./use-object-url.ts";
import { words } from "./words.ts";

interface BoxedPictureProps {
  readonly picture: Blob;
  readonly boxes: readonly Box[];
}

/** A picture with what was found in it, in its own pixels. */
export function BoxedPicture({ picture, boxes }: BoxedPictureProps): JSX.Element | null {
  const text = useText(words);
  const url = useObjectUrl(picture);
  const [size, setSize] = useState<{ readonly width: number; readonly height: number }>();
  if (url === undefined) return null;
  return (
    <div className={style["boxed"]}>
      <img
        src={url}
        alt={text.boxes}
        onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) =>
          setSize({ width, height })
        }
      />
      {size && (
        <svg viewBox={`0 0 ${size.width} ${size.height}`} aria-hidden="true">
          {boxes.map(({ x, y, width, height, label }) => (
            <g key={`${x},${y},${width},${height}`}>
              <rect x={x} y={y} width={width} height={height} />
              <text x={x} y={Math.max(y - size.height / 150, size.height / 30)} fontSize={size.height / 30}>
                {label}
              </text>
            </g>
          ))}
        </svg>
      )}
    </div>
  );
}
