import { type JSX, useRef, useState } from "react";
import { Button } from "../../parts/button.tsx";
import { useText } from "../../text/language.tsx";
import type { Draft } from "./draft.ts";
import { DropZone } from "./drop-zone.tsx";
import style from "./playground.module.css";
import { useObjectUrl } from "./use-object-url.ts";
import { asWav } from "./wav.ts";
import { words } from "./words.ts";

interface SoundInputProps {
  readonly onDraft: (draft: Draft | undefined) => void;
}

/** A sound by drop, file or microphone; what is not WAV becomes it here. */
export function SoundInput({ onDraft }: SoundInputProps): JSX.Element {
  const text = useText(words);
  const [file, setFile] = useState<Blob>();
  const [isWrong, setWrong] = useState(false);
  const url = useObjectUrl(file);
  const take = async (given: Blob) => {
    try {
      const body = await asWav(given);
      setWrong(false);
      setFile(body);
      onDraft({ body, kind: "sound" });
    } catch {
      setWrong(true);
      setFile(undefined);
      onDraft(undefined);
    }
  };
  return (
    <>
      <DropZone label={text.sound} help={text.soundKinds} accept="audio/*" onFile={(one) => void take(one)} />
      <Microphone onSound={(one) => void take(one)} />
      {isWrong && <p role="alert">{text.notSound}</p>}
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- what a person has just recorded or chosen has no captions */}
      {url !== undefined && <audio src={url} controls className={style["preview"]} />}
    </>
  );
}

function Microphone({ onSound }: { readonly onSound: (sound: Blob) => void }): JSX.Element {
  const text = useText(words);
  const recorder = useRef<MediaRecorder>(undefined);
  const [isRecording, setRecording] = useState(false);
  const [isRefused, setRefused] = useState(false);
  const start = async () => {
    try {
      recorder.current = await recordTo(onSound);
      setRecording(true);
    } catch {
      setRefused(true);
    }
  };
  const stop = () => {
    recorder.current?.stop();
    setRecording(false);
  };
  if (isRefused) return <p className="soft">{text.noDevice}</p>;
  return (
    <div>
      <Button small aria-pressed={isRecording} onClick={isRecording ? stop : () => void start()}>
        {isRecording ? text.stop : text.record}
      </Button>
    </div>
  );
}

async function recordTo(onSound: (sound: Blob) => void): Promise<MediaRecorder> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const made = new MediaRecorder(stream);
  const parts: Blob[] = [];
  made.addEventListener("dataavailable", ({ data }) => parts.push(data));
  made.addEventListener("stop", () => {
    for (const track of stream.getTracks()) track.stop();
    onSound(new Blob(parts, { type: made.mimeType }));
  });
  made.start();
  return made;
}
