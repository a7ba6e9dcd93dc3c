export type { Kysely, Transaction } from "kysely";
export { type AuditLine, appendAudit, lastAuditId } from "./audit.ts";
export { type DataDirectory, openDataDirectory } from "./data-directory.ts";
export { type Database, type DatabaseKind, type DatabasePlace, openDatabase } from "./database.ts";
export { FORMAT } from "./format.ts";
export { inspectDatabase, inspectDataDirectory, inspectStore, type StoreFinding } from "./inspect.ts";
export { exportRecords, importRecords, type RecordsHead, type RecordsRow } from "./records.ts";
export type { Tables } from "./schema.ts";
