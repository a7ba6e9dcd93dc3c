import { createClient, type SirveClient } from "../../../src/client/index.ts";

let proof = "";

/** What shows the server that a change comes from this page. */
export function setProof(csrf: string | null): void {
  proof = csrf ?? "";
}

/** Tells, by an event "stranger", that the server has not known who asked. */
export const strangers: EventTarget = new EventTarget();

const CHANGES_NOTHING = new Set(["GET", "HEAD"]);

/** Asks with the cookie of the session, which no script can read, and with its proof where something changes. */
const ask: typeof fetch = async (input, init) => {
  const headers = new Headers(init?.headers);
  if (proof !== "" && !CHANGES_NOTHING.has(init?.method ?? "GET")) headers.set("x-csrf-token", proof);
  const reply = await fetch(input, { ...init, headers, credentials: "same-origin" });
  if (reply.status === 401) strangers.dispatchEvent(new Event("stranger"));
  return reply;
};

/** The one client of the page; it asks the server that the page came from. */
export const client: SirveClient = createClient({
  url: window.location.origin,
  fetch: ask,
  retries: 1,
  timeoutMs: 15_000,
});
