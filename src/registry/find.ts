import type { Tables, Transaction } from "../database/index.ts";
import { isModelName } from "../model/index.ts";
import { isVersionNumber } from "./checks.ts";
import { unknownModel } from "./refusals.ts";
import type { AliasRow, ModelRow, VersionRow } from "./rows.ts";

/** A transaction of which only reading is asked here. */
export type Reading = Transaction<Tables>;

/** @throws PlatformError `not_found`. */
export async function modelRow(tx: Reading, name: string): Promise<ModelRow> {
  const query = tx.selectFrom("models").selectAll().where("name", "=", name);
  const row = isModelName(name) ? await query.executeTakeFirst() : undefined;
  if (!row) throw unknownModel(name);
  return row;
}

/** @throws PlatformError `not_found`, for the model or its version. */
export async function versionRow(tx: Reading, model: string, version: number): Promise<VersionRow> {
  await modelRow(tx, model);
  const query = tx
    .selectFrom("versions")
    .selectAll()
    .where("model", "=", model)
    .where("version", "=", version);
  const row = isVersionNumber(version) ? await query.executeTakeFirst() : undefined;
  if (!row) throw unknownModel(model, version);
  return row;
}

/** The aliases of a model in the order of their names. */
export async function aliasesOf(tx: Reading, model: string): Promise<AliasRow[]> {
  return await tx.selectFrom("aliases").selectAll().where("model", "=", model).orderBy("alias").execute();
}
