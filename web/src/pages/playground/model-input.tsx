import { type JSX, useEffect, useState } from "react";
import type { Description } from "../../data/api.ts";
import { sampleInputs } from "../../data/sample-row.ts";
import { TextArea } from "../../parts/text-area.tsx";
import { useText } from "../../text/language.tsx";
import { type Draft, pastedDraft } from "./draft.ts";
import { PictureInput } from "./picture-input.tsx";
import { RowsInput } from "./rows-input.tsx";
import { SoundInput } from "./sound-input.tsx";
import { words } from "./words.ts";

interface ModelInputProps {
  readonly description: Description;
  /** Called with what is there now; undefined while it is not whole. */
  readonly onDraft: (draft: Draft | undefined) => void;
}

/** What fits what the model takes: a form, a picture, a sound, a text, or inputs as they are. */
export function ModelInput({ description, onDraft }: ModelInputProps): JSX.Element {
  if (description.takes === "image") return <PictureInput onDraft={onDraft} />;
  if (description.takes === "sound") return <SoundInput onDraft={onDraft} />;
  if (description.takes === "text" || isOneText(description)) return <TextInput onDraft={onDraft} />;
  if (description.columns.length > 0) return <RowsInput columns={description.columns} onDraft={onDraft} />;
  return <RawInput description={description} onDraft={onDraft} />;
}

const isOneText = ({ inputs }: Description) => inputs.length === 1 && inputs[0]?.dtype === "BYTES";

function TextInput({ onDraft }: Pick<ModelInputProps, "onDraft">): JSX.Element {
  const text = useText(words);
  const [value, setValue] = useState("");
  useEffect(() => {
    onDraft(value === "" ? undefined : { body: new Blob([value], { type: "text/plain" }), kind: "text" });
  }, [value, onDraft]);
  return <TextArea label={text.text} value={value} onChange={setValue} rows={8} />;
}

function RawInput({ description, onDraft }: ModelInputProps): JSX.Element {
  const text = useText(words);
  const [value, setValue] = useState(() => JSON.stringify({ inputs: sampleInputs(description) }));
  const isJson = isJsonText(value);
  useEffect(() => {
    onDraft(isJson ? pastedDraft(value) : undefined);
  }, [value, isJson, onDraft]);
  return (
    <TextArea
      label={text.inputs}
      value={value}
      onChange={setValue}
      rows={10}
      help={text.inputsHelp(description.noRows ?? "")}
      problem={isJson ? undefined : text.notJson}
    />
  );
}

function isJsonText(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}
