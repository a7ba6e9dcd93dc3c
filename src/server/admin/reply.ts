import type { Operation } from "../../admin/index.ts";
import type { HttpReply } from "../../protocols/index.ts";
import type { Outcome } from "./contract.ts";

/** No answer of the management API may be kept by a cache. */
export const NO_STORE = { "cache-control": "no-store" } as const;

/** An outcome as a reply: status, ETag, Location and JSON. */
export function outcomeReply({ status }: Operation, outcome: Outcome<unknown>): HttpReply {
  const { body, revision, location } = outcome;
  const headers = {
    ...NO_STORE,
    ...(status !== 204 && { "content-type": "application/json" }),
    ...(revision !== undefined && { etag: `"${revision}"` }),
    ...(location !== undefined && { location }),
  };
  return { status, headers, body: status === 204 ? "" : JSON.stringify(body) };
}

/** Whether a handler gave a whole reply rather than an outcome. */
export const isReply = (given: Outcome<unknown> | HttpReply): given is HttpReply => "status" in given;
