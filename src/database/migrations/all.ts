import type { Migration } from "../migration.ts";
import { createTables } from "./1-create-tables.ts";

/** Every migration in order: the first makes format 1 of an empty database. */
export const MIGRATIONS: readonly Migration[] = [createTables];
