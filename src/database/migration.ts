import type { Transaction } from "kysely";
import type { DatabaseKind } from "./database.ts";
import type { Tables } from "./schema.ts";

/**
 * One step from a format to the next. It names tables and columns as they were then, never by what
 * schema.ts says now, and is not changed once it was released.
 */
export type Migration = (tx: Transaction<Tables>, kind: DatabaseKind) => Promise<void>;
