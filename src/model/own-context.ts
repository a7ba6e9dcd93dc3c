import type { Deadline } from "../base/index.ts";
import { ANYONE } from "./caller.ts";
import type { RequestContext } from "./data-plane.ts";

/** The context of a request that the server makes for itself, named by what it is for. */
export const ownContext = (purpose: string, deadline: Deadline): RequestContext => ({
  requestId: purpose,
  deadline,
  caller: ANYONE,
  priority: 0,
  parameters: new Map(),
  trace: "",
  splitKey: purpose,
});
