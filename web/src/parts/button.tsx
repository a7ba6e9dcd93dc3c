import { Button as Base } from "@base-ui/react/button";
import type { ComponentProps, JSX } from "react";
import style from "./button.module.css";
import { classes } from "./classes.ts";

type Kind = "primary" | "plain" | "quiet" | "danger";

interface ButtonProps extends Omit<ComponentProps<typeof Base>, "className"> {
  readonly kind?: Kind;
  readonly small?: boolean;
  /** Something that it began is under way. */
  readonly busy?: boolean;
}

export function Button({
  kind = "plain",
  small = false,
  busy = false,
  disabled,
  ...more
}: ButtonProps): JSX.Element {
  return (
    <Base
      {...more}
      className={buttonClass(kind, small)}
      disabled={busy || disabled === true}
      focusableWhenDisabled
      aria-busy={busy}
    />
  );
}

/** For links that look like buttons. */
export const buttonClass = (kind: Kind = "plain", small = false): string =>
  classes(style["button"], style[kind], small && style["small"]);
