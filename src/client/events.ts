import { SirveError } from "./error.ts";
import { linesOf } from "./lines.ts";
import { pause, type Transport } from "./transport.ts";

/** One server-sent event. */
export interface ServerEvent {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/** Where to begin, and when to stop. */
export interface EventOptions {
  readonly lastEventId?: string;
  /** Also an event `load` every two seconds, with what each version did. */
  readonly load?: boolean;
  readonly signal?: AbortSignal;
}

/** Between the end of a stream and the next. */
const PAUSE_MS = 1000;
/** Ends in a row without an event, after which the server is taken for gone. */
const PATIENCE = 60;

/**
 * What changes on the server, as it changes, until `signal` fires. A stream that breaks, by a restart for
 * instance, goes on behind the last event that came.
 *
 * @throws SirveError if the server refuses, cannot be reached at first, or is gone for a minute.
 */
export async function* events(transport: Transport, options: EventOptions = {}): AsyncGenerator<ServerEvent> {
  const { signal } = options;
  const hasEnded = () => signal?.aborted ?? false;
  let last = options.lastEventId ?? "";
  let patience = 0;
  while (!hasEnded()) {
    try {
      const stream = await eventsAfter(transport, last, options);
      patience = PATIENCE;
      for await (const event of stream) {
        last = event.id || last;
        yield event;
      }
    } catch (thrown) {
      if (!hasEnded() && (patience <= 0 || !isBroken(thrown))) throw thrown;
    }
    patience -= 1;
    // Cut short, the loop ends.
    await pause(PAUSE_MS, signal).catch(() => undefined);
  }
}

/** One stream, behind the event `last`; it is there once the server has taken the call. */
async function eventsAfter(
  { open }: Transport,
  last: string,
  { signal, load = false }: EventOptions,
): Promise<AsyncGenerator<ServerEvent>> {
  const headers = { accept: "text/event-stream", ...(last !== "" && { "last-event-id": last }) };
  const reply = await open({
    method: "GET",
    path: `/api/v1/events${load ? "?load=true" : ""}`,
    headers,
    signal,
  });
  return parseEvents(linesOf(reply.body, signal));
}

const isBroken = (thrown: unknown) => thrown instanceof SirveError && thrown.code === "unavailable";

/** Events in lines. Source: WHATWG HTML, "Interpreting an event stream". */
export async function* parseEvents(lines: AsyncIterable<string>): AsyncGenerator<ServerEvent> {
  let id = "";
  let event = "";
  let data: string[] = [];
  for await (const line of lines) {
    if (line === "") {
      if (data.length > 0) yield { id, event: event || "message", data: valueOf(data.join("\n")) };
      event = "";
      data = [];
      continue;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") data.push(value);
    else if (field === "event") event = value;
    else if (field === "id" && !value.includes("\0")) id = value;
  }
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
