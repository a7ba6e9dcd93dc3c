import { z } from "zod";
import { ROLES } from "../model/index.ts";
import { nothing, timestamp } from "./common.ts";
import { operation } from "./operation.ts";

const session = z.strictObject({
  authentication: z.boolean().describe("Whether callers must say who they are."),
  caller: z
    .strictObject({
      id: z.string(),
      role: z.enum(ROLES),
      models: z.array(z.string()),
      isSession: z.boolean().describe("Signed in by a cookie, which can be given back."),
      expiresAt: timestamp.optional().describe("When the cookie ends."),
    })
    .nullable()
    .describe("Who the server takes the caller for; null: nobody."),
  csrf: z
    .string()
    .nullable()
    .describe("What a browser with the cookie shows in X-CSRF-Token where it changes something."),
  oidc: z
    .strictObject({ issuer: z.string(), startUrl: z.string() })
    .nullable()
    .describe("Where people of an issuer sign in; null: nowhere."),
});

/** Sign-in of people with a browser, by a cookie that no script can read. */
export const sessionOperations = {
  showSession: operation({
    method: "GET",
    path: "/api/v1/session",
    summary: "Who is signed in, and how one signs in",
    tag: "access",
    role: "anyone",
    needsRegistry: false,
    params: nothing,
    query: nothing,
    body: nothing,
    answer: session,
  }),
  startSession: operation({
    method: "POST",
    path: "/api/v1/session",
    summary: "Sign in with an API key; the answer sets a cookie",
    tag: "access",
    role: "anyone",
    needsRegistry: false,
    params: nothing,
    query: nothing,
    body: z.strictObject({ key: z.string().min(1).max(16_384) }),
    answer: session,
  }),
  endSession: operation({
    method: "DELETE",
    path: "/api/v1/session",
    summary: "Sign out",
    tag: "access",
    role: "anyone",
    needsRegistry: false,
    status: 204,
    params: nothing,
    query: nothing,
    body: nothing,
    answer: nothing,
  }),
} as const;
