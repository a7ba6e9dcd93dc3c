import { linesOf } from "./lines.ts";
import type { Send } from "./transport.ts";

/** One server-sent event. */
export interface ServerEvent {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/** Where to begin, and when to stop. */
export interface EventOptions {
  readonly lastEventId?: string;
  readonly signal?: AbortSignal;
}

/** What changes on the server, as it changes; a broken stream goes on behind the last event that came. */
export async function* events(send: Send, options: EventOptions = {}): AsyncGenerator<ServerEvent> {
  let last = options.lastEventId ?? "";
  for (;;) {
    const reply = await send({
      method: "GET",
      path: "/api/v1/events",
      headers: { accept: "text/event-stream", ...(last !== "" && { "last-event-id": last }) },
      isRepeatable: true,
      isEndless: true,
      signal: options.signal,
    });
    for await (const event of untilBroken(parseEvents(linesOf(reply.body)))) {
      if (event.id !== "") last = event.id;
      yield event;
    }
    if (options.signal?.aborted) return;
  }
}

/** Ends where the transport breaks: the next round asks again, and fails for good if nobody answers. */
async function* untilBroken(stream: AsyncGenerator<ServerEvent>): AsyncGenerator<ServerEvent> {
  try {
    yield* stream;
  } catch (thrown) {
    if (!(thrown instanceof Error) || !/^(TypeError|AbortError)$/.test(thrown.name)) throw thrown;
  }
}

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
