import type { JSX } from "react";
import type { VersionState } from "../data/api.ts";
import { catalogue } from "../text/catalogue.ts";
import { useText } from "../text/language.tsx";
import { Badge, type Tone } from "./badge.tsx";

const words = catalogue({
  en: { ready: "ready", loading: "loading", draining: "ending", unloaded: "not loaded", failed: "failed" },
  es: {
    ready: "lista",
    loading: "cargando",
    draining: "terminando",
    unloaded: "sin cargar",
    failed: "con error",
  },
});

const TONES: Readonly<Record<VersionState["state"], Tone>> = {
  ready: "good",
  loading: "warn",
  draining: "warn",
  unloaded: "calm",
  failed: "bad",
};

/** Where a version stands on this server. */
export function StateBadge({ state }: { readonly state: VersionState["state"] }): JSX.Element {
  const text = useText(words);
  return <Badge tone={TONES[state]}>{text[state]}</Badge>;
}
