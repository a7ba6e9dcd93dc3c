export type { Transaction } from "kysely";
export { type AuditLine, appendAudit, lastAuditId } from "./audit.ts";
export { type Database, type DatabaseKind, type DatabasePlace, openDatabase } from "./database.ts";
export { FORMAT } from "./format.ts";
export type { Tables } from "./schema.ts";
