import { type JSX, useId, useState } from "react";
import type { ColumnFacts } from "../../data/api.ts";
import { useNumbers } from "../../parts/numbers.ts";
import { Select } from "../../parts/select.tsx";
import { TextArea } from "../../parts/text-area.tsx";
import { TextField } from "../../parts/text-field.tsx";
import { useText } from "../../text/language.tsx";
import { words } from "./words.ts";

interface ColumnFieldProps {
  readonly column: ColumnFacts;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

/** The control that fits a column: a choice, a tick, a number within its bounds, a text, or a nested list. */
export function ColumnField({ column, value, onChange }: ColumnFieldProps): JSX.Element {
  if (column.shape.length > 0) return <ListField column={column} value={value} onChange={onChange} />;
  if (column.values) return <ChoiceField column={column} value={value} onChange={onChange} />;
  if (column.dtype === "BOOL") {
    const boolean = { ...column, values: ["true", "false"] };
    return (
      <ChoiceField column={boolean} value={String(value)} onChange={(next) => onChange(next === "true")} />
    );
  }
  if (column.dtype === "BYTES") return <WordField column={column} value={value} onChange={onChange} />;
  return <NumberField column={column} value={value} onChange={onChange} />;
}

function useHelp({ description, min, max, optional }: ColumnFacts): string | undefined {
  const text = useText(words);
  const { number } = useNumbers();
  const bounds = min !== undefined && max !== undefined ? `${number(min)} – ${number(max)}` : undefined;
  const parts = [description, bounds, optional ? text.optional : undefined].filter(Boolean);
  return parts.length > 0 ? parts.join(" · ") : undefined;
}

function ChoiceField({ column, value, onChange }: ColumnFieldProps): JSX.Element {
  const text = useText(words);
  const empty = column.optional ? [{ value: "", label: text.otherValue }] : [];
  const options = (column.values ?? []).map((one) => ({ value: one, label: one }));
  return (
    <Select
      label={column.name}
      value={typeof value === "string" ? value : ""}
      options={[...empty, ...options]}
      onChange={(next) => onChange(next === "" ? undefined : next)}
    />
  );
}

function WordField({ column, value, onChange }: ColumnFieldProps): JSX.Element {
  const id = useId();
  const examples = column.examples ?? [];
  return (
    <>
      <TextField
        label={column.name}
        value={typeof value === "string" ? value : ""}
        onChange={(next) => onChange(next === "" && column.optional ? undefined : next)}
        help={useHelp(column)}
        {...(examples.length > 0 && { list: id })}
      />
      {examples.length > 0 && (
        <datalist id={id}>
          {examples.map((example) => (
            <option key={example} value={example}>
              {example}
            </option>
          ))}
        </datalist>
      )}
    </>
  );
}

/** What was written stays as it was written: a number that is not whole yet is not taken away. */
function NumberField({ column, value, onChange }: ColumnFieldProps): JSX.Element {
  const [written, setWritten] = useState(() => (typeof value === "number" ? String(value) : ""));
  const change = (next: string) => {
    setWritten(next);
    onChange(next.trim() === "" ? undefined : Number(next));
  };
  return (
    <TextField
      label={column.name}
      type="number"
      step="any"
      value={written}
      onChange={change}
      help={useHelp(column)}
      required={!column.optional}
    />
  );
}

function ListField({ column, value, onChange }: ColumnFieldProps): JSX.Element {
  const text = useText(words);
  const [written, setWritten] = useState(() => JSON.stringify(value));
  const [isJson, setJson] = useState(true);
  const change = (next: string) => {
    setWritten(next);
    try {
      onChange(JSON.parse(next));
      setJson(true);
    } catch {
      setJson(false);
    }
  };
  return (
    <TextArea
      label={`${column.name} [${column.shape.join(", ")}]`}
      value={written}
      onChange={change}
      rows={4}
      isCode
      help={useHelp(column)}
      problem={isJson ? undefined : text.notJson}
    />
  );
}
