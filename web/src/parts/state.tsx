import type { UseQueryResult } from "@tanstack/react-query";
import { type JSX, type ReactNode, useEffect, useState } from "react";
import { SirveError } from "../../../src/client/index.ts";
import { catalogue } from "../text/catalogue.ts";
import { useText } from "../text/language.tsx";
import { Button } from "./button.tsx";
import style from "./state.module.css";

const words = catalogue({
  en: {
    loading: "Loading …",
    slow: "The server takes long to answer. It is still being waited for.",
    again: "Try again",
    failed: "This did not work",
    request: "Request",
    gone: "No answer from the server. This page goes on by itself once it is back.",
  },
  es: {
    loading: "Cargando …",
    slow: "El servidor tarda en responder. Se sigue esperando.",
    again: "Reintentar",
    failed: "Esto no ha funcionado",
    request: "Petición",
    gone: "El servidor no responde. Esta página continúa sola cuando vuelva.",
  },
});

interface LoadedProps<T> {
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
}

/** What a query answers, or why it is not there. What was read before stays in sight when reading again fails. */
export function Loaded<T>({ query, children }: LoadedProps<T>): ReactNode {
  const { data, error, isPending, refetch } = query;
  if (data !== undefined) return children(data);
  if (isPending) return <Waiting />;
  return <Problem error={error} onRetry={() => void refetch()} />;
}

const SLOW_MS = 3000;

export function Waiting(): JSX.Element {
  const text = useText(words);
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  return <output className={style["waiting"]}>{isSlow ? text.slow : text.loading}</output>;
}

interface ProblemProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** What went wrong, in the server's words, and what to do. */
export function Problem({ error, onRetry }: ProblemProps): JSX.Element {
  const text = useText(words);
  const details = error instanceof SirveError ? error.details : undefined;
  return (
    <div className={style["problem"]} role="alert">
      <strong>{text.failed}</strong>
      <p>{details?.code === "unavailable" && details.status === 0 ? text.gone : messageOf(error)}</p>
      {details?.hint !== undefined && details.status !== 0 && <p className="soft">{details.hint}</p>}
      {details?.requestId !== undefined && (
        <p className="soft">
          {text.request} <code>{details.requestId}</code>
        </p>
      )}
      {onRetry && (
        <Button small onClick={onRetry}>
          {text.again}
        </Button>
      )}
    </div>
  );
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

interface EmptyProps {
  readonly title: string;
  /** What to do next. */
  readonly children: ReactNode;
}

/** Nothing is there yet, and what makes it be. */
export function Empty({ title, children }: EmptyProps): JSX.Element {
  return (
    <div className={style["empty"]}>
      <strong>{title}</strong>
      <div className="soft">{children}</div>
    </div>
  );
}
