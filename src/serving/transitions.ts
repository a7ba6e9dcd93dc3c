import type { LoadState } from "../model/index.ts";

/** What can happen to a version. */
export type LoadEvent =
  /** It is to be loaded. */
  | "load"
  /** Its load has ended well. */
  | "loaded"
  /** Its load has ended with an error. */
  | "loadFailed"
  /** It is to go: no new request may take it. */
  | "unload"
  /** Its last request is answered and its memory is freed. */
  | "closed";

/**
 * Every state and every event: where a version stands afterwards. An event that means nothing in
 * a state leaves it as it is, so the order in which events arrive can never break it.
 *
 * - Only `ready` is handed to requests.
 * - From `draining` there is no way back to `ready`: what was told to go frees its memory first.
 * - An unload while loading is `draining` too: the load is cancelled and its session closed.
 */
export const TRANSITIONS: Readonly<Record<LoadState, Readonly<Record<LoadEvent, LoadState>>>> = {
  unloaded: {
    load: "loading",
    loaded: "unloaded",
    loadFailed: "unloaded",
    unload: "unloaded",
    closed: "unloaded",
  },
  loading: { load: "loading", loaded: "ready", loadFailed: "failed", unload: "draining", closed: "loading" },
  ready: { load: "ready", loaded: "ready", loadFailed: "ready", unload: "draining", closed: "ready" },
  draining: {
    load: "draining",
    loaded: "draining",
    loadFailed: "unloaded",
    unload: "draining",
    closed: "unloaded",
  },
  failed: { load: "loading", loaded: "failed", loadFailed: "failed", unload: "unloaded", closed: "failed" },
};
