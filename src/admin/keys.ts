import { z } from "zod";
import { ROLES } from "../model/index.ts";
import { nothing, timestamp } from "./common.ts";
import { operation } from "./operation.ts";

const key = z.strictObject({ key: z.string().regex(/^[a-z0-9]{8}$/, "the 8 characters after sirve_") });

/** What a key may do. */
export const keySpec = z.strictObject({
  name: z.string().min(1).max(200).describe("Who or what uses it."),
  role: z.enum(ROLES),
  models: z
    .array(z.string().regex(/^[A-Za-z0-9._*-]{1,128}$/, "a name in which * stands for any text"))
    .min(1)
    .max(100)
    .default(["*"])
    .describe("Models and endpoints that exist for it; * stands for any text."),
  expiresAt: timestamp.optional(),
  requestsPerSecond: z
    .number()
    .positive()
    .max(1e9)
    .optional()
    .describe("Sustained rate; a second's worth may come at once."),
  requestsPerDay: z.int().positive().optional().describe("Quota of a day in UTC."),
});

export const keyRecord = keySpec.extend({
  id: z.string().describe("The 8 characters after sirve_ of the key itself."),
  createdAt: timestamp,
  createdBy: z.string(),
  revokedAt: timestamp.optional(),
  lastUsedAt: timestamp.optional(),
  requestsToday: z.int().optional(),
});

const secret = keyRecord.extend({
  secret: z.string().describe("The key itself, sirve_ and 8 + 43 characters. It is shown this once."),
});

/** Keys: who may do what. */
export const keyOperations = {
  whoAmI: operation({
    method: "GET",
    path: "/api/v1/me",
    summary: "Who the server takes the caller for",
    tag: "access",
    role: "viewer",
    needsRegistry: false,
    params: nothing,
    query: nothing,
    body: nothing,
    answer: z.strictObject({ id: z.string(), role: z.enum(ROLES), models: z.array(z.string()) }),
  }),
  listKeys: operation({
    method: "GET",
    path: "/api/v1/keys",
    summary: "API keys, without their secrets",
    tag: "access",
    role: "admin",
    params: nothing,
    query: nothing,
    body: nothing,
    answer: z.strictObject({ keys: z.array(keyRecord) }),
  }),
  createKey: operation({
    method: "POST",
    path: "/api/v1/keys",
    summary: "Make an API key; its secret is in this answer only",
    tag: "access",
    role: "admin",
    status: 201,
    params: nothing,
    query: nothing,
    body: keySpec,
    answer: secret,
  }),
  rotateKey: operation({
    method: "POST",
    path: "/api/v1/keys/{key}/rotate",
    summary: "A new secret for a key; the old one goes on working for overlapSeconds",
    tag: "access",
    role: "admin",
    status: 201,
    params: key,
    query: nothing,
    body: z.strictObject({ overlapSeconds: z.int().min(0).max(2_592_000).default(86_400) }),
    answer: secret,
  }),
  revokeKey: operation({
    method: "DELETE",
    path: "/api/v1/keys/{key}",
    summary: "Revoke a key at once",
    tag: "access",
    role: "admin",
    status: 204,
    params: key,
    query: nothing,
    body: nothing,
    answer: nothing,
  }),
} as const;

export type KeySpec = z.infer<typeof keySpec>;
export type KeyRecord = z.infer<typeof keyRecord>;
