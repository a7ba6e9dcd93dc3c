import { type JSX, useEffect, useRef, useState } from "react";
import { Button } from "../../parts/button.tsx";
import { useText } from "../../text/language.tsx";
import type { Draft } from "./draft.ts";
import { DropZone } from "./drop-zone.tsx";
import style from "./playground.module.css";
import { useObjectUrl } from "./use-object-url.ts";
import { words } from "./words.ts";

interface PictureInputProps {
  readonly onDraft: (draft: Draft | undefined) => void;
}

/** A picture by drop, file or camera. */
export function PictureInput({ onDraft }: PictureInputProps): JSX.Element {
  const text = useText(words);
  const [file, setFile] = useState<Blob>();
  const url = useObjectUrl(file);
  const take = (body: Blob) => {
    setFile(body);
    onDraft({ body, kind: "image" });
  };
  return (
    <>
      <DropZone label={text.picture} help={text.pictureKinds} accept="image/*" onFile={take} />
      <Camera onPicture={take} />
      {url !== undefined && <img src={url} alt={text.picture} className={style["preview"]} />}
    </>
  );
}

function Camera({ onPicture }: { readonly onPicture: (picture: Blob) => void }): JSX.Element {
  const text = useText(words);
  const video = useRef<HTMLVideoElement>(null);
  const [stream, setStream] = useState<MediaStream>();
  const [isRefused, setRefused] = useState(false);
  useEffect(() => {
    if (video.current && stream) video.current.srcObject = stream;
    return () => stop(stream);
  }, [stream]);
  const start = async () => {
    try {
      setStream(await navigator.mediaDevices.getUserMedia({ video: true }));
    } catch {
      setRefused(true);
    }
  };
  const shoot = async () => {
    if (video.current) onPicture(await pictureOf(video.current));
    setStream(undefined);
  };
  if (isRefused) return <p className="soft">{text.noDevice}</p>;
  if (!stream) {
    return (
      <div>
        <Button small onClick={() => void start()}>
          {text.camera}
        </Button>
      </div>
    );
  }
  return (
    <div className={style["camera"]}>
      <video ref={video} autoPlay playsInline muted className={style["preview"]} />
      <Button onClick={() => void shoot()}>{text.shoot}</Button>
    </div>
  );
}

function stop(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

async function pictureOf(video: HTMLVideoElement): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return await new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
  });
}
