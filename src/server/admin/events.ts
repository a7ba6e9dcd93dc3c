import { type Clock, type Deadline, PlatformError } from "../../base/index.ts";
import type { Caller } from "../../model/index.ts";
import type { AuditEntry, Registry } from "../../registry/index.ts";
import type { LoadSource } from "../load-history.ts";
import type { ChangeFeed, Happening } from "./change-feed.ts";
import type { HandlersOf } from "./contract.ts";
import { EventQueue } from "./event-queue.ts";
import { NO_STORE } from "./reply.ts";
import { maySee, visibleLoad } from "./server.ts";

export interface EventParts {
  readonly feed: ChangeFeed;
  readonly registry: Registry | undefined;
  readonly clock: Clock;
  readonly load: LoadSource;
}

const HEARTBEAT_MS = 15_000;
const AT_ONCE = 500;
/** Headers of a stream of events. */
export const EVENT_STREAM = { ...NO_STORE, "content-type": "text/event-stream", "x-accel-buffering": "no" };

/** What changes, as server-sent events. @see HTML standard, section 9.2. */
export function eventHandlers(parts: EventParts): HandlersOf<"events"> {
  return {
    async events({ query }, { caller, http }) {
      const after = readLastId(http.headers["last-event-id"]);
      const body =
        http.method === "HEAD"
          ? ""
          : stream(parts, { caller, after, hasLoad: query.load, deadline: http.context.deadline });
      return { status: 200, headers: EVENT_STREAM, body };
    },
  };
}

/** Who follows, from where, and what. */
interface Follower {
  readonly caller: Caller;
  readonly after: number | undefined;
  readonly hasLoad: boolean;
  readonly deadline: Deadline;
}

/** Missed changes first, then what happens, until either side has enough. */
async function* stream(
  { feed, registry, clock, load }: EventParts,
  { caller, after, hasLoad, deadline }: Follower,
): AsyncGenerator<Uint8Array> {
  const queue = new EventQueue();
  // It listens before it reads what was missed, so that nothing falls between.
  const stops = [
    feed.listen({ happened: (what) => queue.add(what), ended: () => queue.end() }),
    deadline.onEnd(() => queue.end()),
    ...(hasLoad ? [load.listen((sample) => queue.add({ kind: "load", sample }))] : []),
  ];
  let last = 0;
  try {
    await feed.caughtUp();
    last = after ?? (await registry?.lastChangeId()) ?? 0;
    yield encode("retry: 2000\n\n");
    for await (const entry of missed(registry, last)) {
      last = entry.id;
      if (maySee(caller, entry)) yield encode(printEvent({ kind: "change", entry }, caller));
    }
    for await (const what of queue.read(clock, HEARTBEAT_MS)) {
      if (what === undefined) yield encode(": still here\n\n");
      else if (isNews(what, last) && isShown(what, caller)) yield encode(printEvent(what, caller));
    }
  } finally {
    for (const stop of stops) stop();
  }
}

async function* missed(registry: Registry | undefined, after: number): AsyncGenerator<AuditEntry> {
  if (!registry) return;
  for (let id = after; ; ) {
    const entries = await registry.changesAfter(id, AT_ONCE);
    yield* entries;
    const last = entries.at(-1);
    if (!last || entries.length < AT_ONCE) return;
    id = last.id;
  }
}

const isNews = (what: Happening, last: number) => what.kind !== "change" || what.entry.id > last;

function isShown(what: Happening, caller: Caller): boolean {
  if (what.kind === "load") return true;
  return what.kind === "state" ? caller.mayUse(what.status.model) : maySee(caller, what.entry);
}

function printEvent(what: Happening, caller: Caller): string {
  if (what.kind === "load") {
    return `event: load\ndata: ${JSON.stringify(visibleLoad(what.sample, caller))}\n\n`;
  }
  if (what.kind === "state") return `event: version.state\ndata: ${JSON.stringify(what.status)}\n\n`;
  const { id, action } = what.entry;
  // An action is a word; a line break in it would end the field.
  return `id: ${id}\nevent: ${action.replaceAll(/[\r\n]/g, " ")}\ndata: ${JSON.stringify(what.entry)}\n\n`;
}

function readLastId(header: string | undefined): number | undefined {
  if (header === undefined || header === "") return undefined;
  if (/^[0-9]{1,15}$/.test(header)) return Number(header);
  const got = header.slice(0, 40);
  throw new PlatformError("invalid_argument", `Last-Event-ID is "${got}"`, {
    field: "Last-Event-ID",
    got,
    expected: "the id of an event",
  });
}

const encode = (text: string) => Buffer.from(text);
