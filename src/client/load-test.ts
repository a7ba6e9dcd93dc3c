import type { Call, LoadTestProgress, LoadTestReport, Operations } from "../admin/index.ts";
import { pathOf } from "./admin.ts";
import { errorIn, SirveError } from "./error.ts";
import { parseEvents } from "./events.ts";
import { linesOf } from "./lines.ts";
import type { Transport } from "./transport.ts";

/** What is asked of a test, and until when. */
export interface LoadTestOptions extends Partial<Call<Operations["runLoadTest"]>["body"]> {
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** How a test goes, and at last what it found. */
export type LoadTestEvent =
  | { readonly event: "progress"; readonly data: LoadTestProgress }
  | { readonly event: "report"; readonly data: LoadTestReport };

/**
 * Measures a version under load on the server, on a copy of its own. Whoever stops reading ends the test.
 *
 * @throws SirveError if the server refuses it, or could not bring it to an end.
 */
export async function* loadTest(
  { open }: Transport,
  model: string,
  { signal, ...body }: LoadTestOptions = {},
): AsyncGenerator<LoadTestEvent> {
  const reply = await open({
    method: "POST",
    path: pathOf("/api/v1/models/{model}/load-tests", { model }),
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify(body),
    signal,
  });
  for await (const { event, data } of parseEvents(linesOf(reply.body, signal))) {
    if (event === "failed") throw errorIn(data);
    if (event === "progress") yield { event, data: data as LoadTestProgress };
    if (event !== "report") continue;
    yield { event, data: data as LoadTestReport };
    return;
  }
  throw new SirveError("the answer ended before the report", { status: 0, code: "unavailable" });
}
