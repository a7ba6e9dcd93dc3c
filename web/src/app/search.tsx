import { Autocomplete } from "@base-ui/react/autocomplete";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type JSX, useEffect, useRef, useState } from "react";
import { queries } from "../data/queries.ts";
import { catalogue } from "../text/catalogue.ts";
import { useText } from "../text/language.tsx";
import { PLACES, places } from "./navigation.tsx";
import style from "./search.module.css";

const words = catalogue({
  en: { search: "Search", placeholder: "Search models and pages", none: "Nothing has that name" },
  es: { search: "Buscar", placeholder: "Buscar modelos y páginas", none: "Nada tiene ese nombre" },
});

interface Hit {
  readonly label: string;
  readonly to: string;
}

/** Models and pages by name; "/" or Ctrl-K brings the cursor here. */
export function Search(): JSX.Element {
  const text = useText(words);
  const input = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const [value, setValue] = useState("");
  useShortcut(() => input.current?.focus());
  const hits = useHits();
  const go = (hit: Hit) => {
    setValue("");
    input.current?.blur();
    void navigate({ to: hit.to });
  };
  return (
    <Autocomplete.Root
      items={hits}
      value={value}
      onValueChange={(next) => setValue(next)}
      itemToStringValue={(hit: Hit) => hit.label}
      autoHighlight
    >
      <Autocomplete.Input
        ref={input}
        className={style["input"]}
        aria-label={text.search}
        aria-keyshortcuts="/ Control+K"
        placeholder={text.placeholder}
      />
      <Autocomplete.Portal>
        <Autocomplete.Positioner className={style["positioner"]} sideOffset={4}>
          <Autocomplete.Popup className={style["popup"]}>
            <Autocomplete.Empty className={style["empty"]}>{text.none}</Autocomplete.Empty>
            <Autocomplete.List>
              {(hit: Hit) => (
                <Autocomplete.Item key={hit.to} value={hit} className={style["hit"]} onClick={() => go(hit)}>
                  {hit.label}
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
          </Autocomplete.Popup>
        </Autocomplete.Positioner>
      </Autocomplete.Portal>
    </Autocomplete.Root>
  );
}

function useHits(): Hit[] {
  const text = useText(places);
  const { data } = useQuery(queries.models());
  const models = (data?.models ?? []).map(({ model }) => ({
    label: model,
    to: `/ui/models/${encodeURIComponent(model)}`,
  }));
  return [...PLACES.map(({ name, to }) => ({ label: text[name], to })), ...models];
}

/** "/" where nothing is being written, and Ctrl-K anywhere. */
function useShortcut(run: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const isSlash = event.key === "/" && !isWriting(event.target);
      const isControlK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
      if (!isSlash && !isControlK) return;
      event.preventDefault();
      run();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  });
}

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
