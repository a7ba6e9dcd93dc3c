import type { z } from "zod";
import { endpointOperations } from "./endpoints.ts";
import { keyOperations } from "./keys.ts";
import { loadTestOperations } from "./load-tests.ts";
import { modelOperations } from "./models.ts";
import type { Operation } from "./operation.ts";
import { serverOperations } from "./server.ts";
import { sessionOperations } from "./session.ts";
import { versionOperations } from "./versions.ts";

/** Every operation of the management API by its id. */
export const operations = {
  ...modelOperations,
  ...loadTestOperations,
  ...versionOperations,
  ...endpointOperations,
  ...keyOperations,
  ...sessionOperations,
  ...serverOperations,
} as const;

export type Operations = typeof operations;
export type OperationId = keyof Operations;

/** What a handler of an operation gets: checked, with defaults filled in. */
export interface Input<O extends Operation> {
  readonly params: z.output<O["params"]>;
  readonly query: z.output<O["query"]>;
  readonly body: z.output<O["body"]>;
}

/** What a caller of an operation gives: defaults may be left out. */
export interface Call<O extends Operation> {
  readonly params: z.input<O["params"]>;
  readonly query: z.input<O["query"]>;
  readonly body: z.input<O["body"]>;
}

export type Answer<O extends Operation> = z.output<O["answer"]>;

export { aliasName } from "./common.ts";
export { type EndpointRecord, type EndpointSpec, endpointSpec, type ShadowReport } from "./endpoints.ts";
export { type KeyRecord, type KeySpec, keySpec } from "./keys.ts";
export type { LoadSample } from "./load.ts";
export type { LoadTestProgress, LoadTestReport, LoadTestSettings } from "./load-tests.ts";
export type { Operation } from "./operation.ts";
export type {
  AliasRecord,
  ArtifactFile,
  AuditEntry,
  Lineage,
  ModelRecord,
  VersionRecord,
} from "./records.ts";
export type { Check, Difference, Promotion } from "./versions.ts";
