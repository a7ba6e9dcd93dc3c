import { type JSX, useEffect, useState } from "react";
import type { ColumnFacts } from "../../data/api.ts";
import { sampleRow } from "../../data/sample-row.ts";
import { Button } from "../../parts/button.tsx";
import { TextArea } from "../../parts/text-area.tsx";
import { useText } from "../../text/language.tsx";
import { ColumnField } from "./column-field.tsx";
import { type Draft, pastedDraft, rowsDraft } from "./draft.ts";
import style from "./playground.module.css";
import { words } from "./words.ts";

interface RowsInputProps {
  readonly columns: readonly ColumnFacts[];
  readonly onDraft: (draft: Draft | undefined) => void;
}

/** One row by a form, or any number of them pasted. */
export function RowsInput({ columns, onDraft }: RowsInputProps): JSX.Element {
  const text = useText(words);
  const [isPasting, setPasting] = useState(false);
  return (
    <>
      <div className={style["choices"]}>
        <Button
          small
          aria-pressed={!isPasting}
          kind={isPasting ? "quiet" : "plain"}
          onClick={() => setPasting(false)}
        >
          {text.form}
        </Button>
        <Button
          small
          aria-pressed={isPasting}
          kind={isPasting ? "plain" : "quiet"}
          onClick={() => setPasting(true)}
        >
          {text.paste}
        </Button>
      </div>
      {isPasting ? (
        <Pasted columns={columns} onDraft={onDraft} />
      ) : (
        <RowForm columns={columns} onDraft={onDraft} />
      )}
    </>
  );
}

/** Named columns with controls that fit them; it begins with an example. */
function RowForm({ columns, onDraft }: RowsInputProps): JSX.Element {
  const [row, setRow] = useState(() => sampleRow(columns));
  useEffect(() => {
    onDraft(rowsDraft([withoutEmpty(row)]));
  }, [row, onDraft]);
  return (
    <div className={style["fields"]}>
      {columns.map((column) => (
        <ColumnField
          key={column.name}
          column={column}
          value={row[column.name]}
          onChange={(value) => setRow((before) => ({ ...before, [column.name]: value }))}
        />
      ))}
    </div>
  );
}

/** A field that is empty is a value that is missing. */
const withoutEmpty = (row: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));

function Pasted({ columns, onDraft }: RowsInputProps): JSX.Element {
  const text = useText(words);
  const [value, setValue] = useState(() => exampleCsv(columns));
  useEffect(() => {
    onDraft(value.trim() === "" ? undefined : pastedDraft(value));
  }, [value, onDraft]);
  return <TextArea label={text.pasted} value={value} onChange={setValue} rows={10} isCode />;
}

/** A header and one example, to be written over. */
function exampleCsv(columns: readonly ColumnFacts[]): string {
  const row = sampleRow(columns);
  const cell = (value: unknown) => {
    const plain = typeof value === "string" ? value : JSON.stringify(value);
    return /[",\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
  };
  return `${columns.map(({ name }) => cell(name)).join(",")}\n${columns.map(({ name }) => cell(row[name])).join(",")}\n`;
}
