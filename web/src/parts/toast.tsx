import { Toast } from "@base-ui/react/toast";
import type { JSX, ReactNode } from "react";
import { catalogue } from "../text/catalogue.ts";
import { useText } from "../text/language.tsx";
import style from "./toast.module.css";

const words = catalogue({ en: { close: "Close" }, es: { close: "Cerrar" } });

/** Says what has happened, for a while, wherever one is. */
export function ToastProvider({ children }: { readonly children: ReactNode }): JSX.Element {
  return (
    <Toast.Provider>
      {children}
      <Toast.Portal>
        <Toast.Viewport className={style["viewport"]}>
          <Toasts />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Toasts(): JSX.Element[] {
  const text = useText(words);
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className={style["toast"]}>
      <Toast.Content>
        <Toast.Title className={style["title"]} />
        <Toast.Description className={style["description"]} />
      </Toast.Content>
      <Toast.Close className={style["close"]} aria-label={text.close}>
        ×
      </Toast.Close>
    </Toast.Root>
  ));
}

/** Tells people that something was done. */
export function useTell(): (title: string, description?: string) => void {
  const { add } = Toast.useToastManager();
  return (title, description) => void add({ title, description });
}
