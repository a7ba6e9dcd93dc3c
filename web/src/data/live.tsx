import { type QueryClient, queryOptions, useQueryClient } from "@tanstack/react-query";
import { createContext, type JSX, type ReactNode, use, useEffect, useState } from "react";
import type { ServerEvent } from "../../../src/client/index.ts";
import type { LoadSample } from "./api.ts";
import { client } from "./client.ts";
import { type LoadHistory, withSample } from "./load.ts";
import { queries } from "./queries.ts";

/** Whether the server is heard. */
export type Connection = "connecting" | "live" | "lost";

const Context = createContext<Connection>("connecting");

/** Something that the event stream has told since the page was opened. */
export interface Happening {
  /** When it was heard, ISO 8601. */
  readonly at: string;
  readonly event: string;
  readonly data: unknown;
}

const MOST_HAPPENINGS = 200;

/** What was heard, the last first. */
export const happenings = queryOptions({
  queryKey: ["happenings"],
  queryFn: (): readonly Happening[] => [],
  initialData: [] as readonly Happening[],
  staleTime: Number.POSITIVE_INFINITY,
});

const AGAIN_MS = 2000;
/** Figures come every two seconds; this long without any, the server is taken for gone. */
const SILENCE_MS = 7000;

/** One event stream for the whole page: it says what to read again, and brings the figures. */
export function LiveProvider({ children }: { readonly children: ReactNode }): JSX.Element {
  const cache = useQueryClient();
  const [connection, setConnection] = useState<Connection>("connecting");
  useEffect(() => {
    const controller = new AbortController();
    void follow(cache, setConnection, controller.signal);
    return () => controller.abort();
  }, [cache]);
  return <Context value={connection}>{children}</Context>;
}

export const useConnection = (): Connection => use(Context);

async function follow(
  cache: QueryClient,
  tell: (connection: Connection) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await listen(cache, tell, signal);
    } catch {
      // The server refused or is gone: it is asked again.
      if (signal.aborted) return;
    }
    tell("lost");
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** Follows the stream until it ends for good; the client goes on by itself where it breaks. */
async function listen(
  cache: QueryClient,
  tell: (connection: Connection) => void,
  signal: AbortSignal,
): Promise<void> {
  let isLive = false;
  let silence: ReturnType<typeof setTimeout> | undefined;
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => {
      isLive = false;
      tell("lost");
    }, SILENCE_MS);
    if (isLive) return;
    isLive = true;
    tell("live");
    // What happened meanwhile was not heard.
    void cache.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "happenings" });
  };
  try {
    for await (const event of client.events({ signal, load: true })) {
      heard();
      take(cache, event);
    }
  } finally {
    clearTimeout(silence);
  }
}

function take(cache: QueryClient, { event, data }: ServerEvent): void {
  if (event === "load") {
    cache.setQueryData<LoadHistory>(
      queries.load().queryKey,
      (history) => history && withSample(history, data as LoadSample),
    );
    return;
  }
  cache.setQueryData<readonly Happening[]>(happenings.queryKey, (before = []) =>
    [{ at: new Date().toISOString(), event, data }, ...before].slice(0, MOST_HAPPENINGS),
  );
  for (const key of staleAfter(event)) void cache.invalidateQueries({ queryKey: [key] });
}

/** What may be different after an event such as "alias.move", "version.state", "endpoint.set", "key.create". */
function staleAfter(event: string): readonly string[] {
  if (event === "version.state") return ["models"];
  const [about = ""] = event.split(".");
  if (about === "endpoint") return ["endpoints", "audit"];
  if (about === "key") return ["keys", "audit"];
  return ["models", "endpoints", "audit"];
}
