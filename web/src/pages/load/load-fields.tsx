import type { JSX } from "react";
import { Select } from "../../parts/select.tsx";
import { TextField } from "../../parts/text-field.tsx";
import { useText } from "../../text/language.tsx";
import style from "./load.module.css";
import type { WantedTest } from "./wanted.ts";
import { words } from "./words.ts";

interface LoadFieldsProps {
  readonly wanted: WantedTest;
  readonly versions: readonly number[];
  readonly onChange: (wanted: WantedTest) => void;
}

/** The load, and the three settings that trade latency, throughput and cost. */
export function LoadFields({ wanted, versions, onChange }: LoadFieldsProps): JSX.Element {
  const text = useText(words);
  const numbers = [
    { name: "seconds", label: text.seconds, help: undefined, min: 1, max: 30 },
    { name: "concurrency", label: text.concurrency, help: undefined, min: 1, max: 256 },
    { name: "instances", label: text.instances, help: text.instancesHelp, min: 1, max: 64 },
    { name: "maxRows", label: text.maxRows, help: text.maxRowsHelp, min: 1, max: 65_536 },
    { name: "maxDelayUs", label: text.maxDelay, help: text.maxDelayHelp, min: 0, max: 10_000_000 },
  ] as const;
  return (
    <div className={style["fields"]}>
      <Select
        label={text.version}
        value={wanted.version}
        options={[
          { value: "", label: text.answering },
          ...versions.map((version) => ({ value: String(version), label: String(version) })),
        ]}
        onChange={(version) => onChange({ ...wanted, version })}
      />
      {numbers.map(({ name, label, help, min, max }) => (
        <TextField
          key={name}
          label={label}
          type="number"
          min={min}
          max={max}
          required={name === "seconds" || name === "concurrency"}
          value={wanted[name]}
          onChange={(value) => onChange({ ...wanted, [name]: value })}
          help={help}
        />
      ))}
    </div>
  );
}
