import { type DragEvent, type JSX, useId, useState } from "react";
import { useText } from "../../text/language.tsx";
import style from "./playground.module.css";
import { words } from "./words.ts";

interface DropZoneProps {
  readonly label: string;
  readonly help: string;
  /** Kinds of files, as an input element takes them. */
  readonly accept: string;
  readonly onFile: (file: File) => void;
}

/** A file by drop, by click or by keyboard. */
export function DropZone({ label, help, accept, onFile }: DropZoneProps): JSX.Element {
  const text = useText(words);
  const id = useId();
  const [isOver, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file) onFile(file);
  };
  const over = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  return (
    <div
      className={style["drop"]}
      data-over={isOver}
      onDrop={drop}
      onDragOver={over}
      onDragLeave={() => setOver(false)}
    >
      <label htmlFor={id}>
        <strong>{label}</strong>
        <span>{text.drop}</span>
        <small className="soft">{help}</small>
      </label>
      <input
        id={id}
        type="file"
        accept={accept}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) onFile(file);
        }}
      />
    </div>
  );
}
