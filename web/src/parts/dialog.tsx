import { Dialog as Base } from "@base-ui/react/dialog";
import type { JSX, ReactNode } from "react";
import style from "./dialog.module.css";

interface DialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** One sentence that says what will happen. */
  readonly description?: ReactNode;
  readonly children: ReactNode;
}

/** Asks before something changes. Escape and a click beside it change nothing. */
export function Dialog({ isOpen, onClose, title, description, children }: DialogProps): JSX.Element {
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={style["backdrop"]} />
        <Base.Popup className={style["popup"]}>
          <Base.Title className={style["title"]}>{title}</Base.Title>
          {description !== undefined && <Base.Description render={<div />}>{description}</Base.Description>}
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** The buttons of a dialog. */
export function DialogActions({ children }: { readonly children: ReactNode }): JSX.Element {
  return <div className={style["actions"]}>{children}</div>;
}
