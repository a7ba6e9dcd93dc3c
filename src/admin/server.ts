import { z } from "zod";
import { nothing } from "./common.ts";
import { loadSample } from "./load.ts";
import { operation } from "./operation.ts";
import { auditPage } from "./records.ts";

/** The server itself: what it is, what changed, its backup. */
export const serverOperations = {
  showServer: operation({
    method: "GET",
    path: "/api/v1/server",
    summary: "Version, mode and state of this server",
    tag: "server",
    role: "viewer",
    needsRegistry: false,
    params: nothing,
    query: nothing,
    body: nothing,
    answer: z.strictObject({
      version: z.string(),
      mode: z.enum(["folder", "registry"]),
      ready: z.boolean(),
      startedAt: z.string(),
      grpcPort: z
        .int()
        .nullable()
        .describe("Where gRPC listens; null: nowhere, or on a port that the system chose."),
      authentication: z.boolean().describe("Whether callers must say who they are."),
    }),
  }),
  listAudit: operation({
    method: "GET",
    path: "/api/v1/audit",
    summary: "Every change: who, when, what; newest first",
    tag: "server",
    role: "admin",
    params: nothing,
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      after: z.string().max(256).optional().describe("`next` of the page before."),
      model: z.string().max(128).optional().describe("Changes of this model or endpoint only."),
      action: z.string().max(64).optional().describe('Such as "alias.move".'),
    }),
    body: nothing,
    answer: auditPage,
  }),
  showConfiguration: operation({
    method: "GET",
    path: "/api/v1/configuration",
    summary: "Every setting in force; passwords are masked",
    tag: "server",
    role: "admin",
    needsRegistry: false,
    params: nothing,
    query: nothing,
    body: nothing,
    answer: z.strictObject({
      settings: z.array(
        z.strictObject({
          key: z.string().describe('As in sirve.yaml: "http.port".'),
          value: z.json(),
          isDefault: z.boolean(),
          description: z.string(),
        }),
      ),
    }),
  }),
  showLoad: operation({
    method: "GET",
    path: "/api/v1/load",
    summary: "What each version did, every two seconds of the last quarter of an hour, on this server",
    tag: "server",
    role: "viewer",
    needsRegistry: false,
    params: nothing,
    query: z.strictObject({
      seconds: z.coerce.number().min(1).max(900).default(900).describe("How far back."),
    }),
    body: nothing,
    answer: z.strictObject({ intervalMs: z.number(), samples: z.array(loadSample) }),
  }),
  events: operation({
    method: "GET",
    path: "/api/v1/events",
    summary: "What changes, as server-sent events; Last-Event-ID goes on where a stream broke off",
    tag: "server",
    role: "viewer",
    needsRegistry: false,
    params: nothing,
    query: z.strictObject({
      load: z
        .stringbool()
        .default(false)
        .describe("Also an event `load` every two seconds, with what each version did."),
    }),
    body: nothing,
    answer: nothing,
    raw: "events",
  }),
  backup: operation({
    method: "GET",
    path: "/api/v1/backup",
    summary: "Everything in one tar archive: records, keys' hashes, artifacts",
    tag: "server",
    role: "admin",
    params: nothing,
    query: nothing,
    body: nothing,
    answer: nothing,
    raw: "bytes-out",
  }),
} as const;
