import type { Change } from "./change.ts";
import { checkTags, checkText } from "./checks.ts";
import type { ModelRecord, Page, Paged } from "./contract.ts";
import { paged, startOf } from "./cursor.ts";
import { endpointsNaming } from "./endpoints.ts";
import { aliasesOf, modelRow, type Reading } from "./find.ts";
import { checkRevision, forbidden } from "./refusals.ts";
import { type ModelRow, modelRecord } from "./rows.ts";

/** Models in the order of their names. */
export async function listModels(tx: Reading, page: Page): Promise<Paged<ModelRecord>> {
  const after = startOf(page, "string");
  let query = tx
    .selectFrom("models")
    .selectAll()
    .orderBy("name")
    .limit(page.limit + 1);
  if (after !== undefined) query = query.where("name", ">", after);
  const rows = await query.execute();
  const names = rows.map(({ name }) => name);
  const aliases =
    names.length === 0
      ? []
      : await tx.selectFrom("aliases").selectAll().where("model", "in", names).orderBy("alias").execute();
  return paged(
    rows,
    page,
    ({ name }) => name,
    (row) => modelRecord(row, aliases),
  );
}

export async function getModel(tx: Reading, name: string): Promise<ModelRecord> {
  const row = await modelRow(tx, name);
  return modelRecord(row, await aliasesOf(tx, name));
}

/** The new description and tags of a model; what is undefined stays. */
export interface ModelChange {
  readonly description?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

export async function changeModel(
  change: Change,
  name: string,
  { description, tags }: ModelChange,
  expectedRevision: number | undefined,
): Promise<ModelRecord> {
  checkText("description", description ?? "");
  checkTags(tags ?? {});
  const row = await modelRow(change.tx, name);
  checkRevision(`model '${name}'`, row.revision, expectedRevision);
  const wanted = {
    description: description ?? row.description,
    tags: JSON.stringify(tags ?? JSON.parse(row.tags)),
  };
  if (wanted.description !== row.description || wanted.tags !== row.tags) {
    const revision = await change.note("model.change", name, { description, tags });
    await change.tx
      .updateTable("models")
      .set({ ...wanted, revision })
      .where("name", "=", name)
      .execute();
  }
  return await getModel(change.tx, name);
}

/** Sets the revision of a model to the number of the audit line that tells of the change. */
export async function revise(change: Change, model: string, revision: number): Promise<void> {
  await change.tx.updateTable("models").set({ revision }).where("name", "=", model).execute();
}

export async function deleteModel(
  change: Change,
  name: string,
  options: { readonly force: boolean; readonly expectedRevision?: number | undefined },
): Promise<void> {
  const { tx } = change;
  const row = await modelRow(tx, name);
  checkRevision(`model '${name}'`, row.revision, options.expectedRevision);
  await refuseIfNamed(change, name);
  const versions = await tx.selectFrom("versions").select("version").where("model", "=", name).execute();
  if (versions.length > 0 && !options.force) {
    throw forbidden(
      `model '${name}' serves: it has ${versions.length} version${versions.length === 1 ? "" : "s"} and a champion`,
      "Delete it with force if nobody asks for it any more.",
    );
  }
  await change.note("model.delete", name, { versions: versions.map(({ version }) => version) });
  await retire(change, row);
}

async function refuseIfNamed({ tx }: Change, name: string): Promise<void> {
  const endpoints = await endpointsNaming(tx, (target) => target.model === name);
  if (endpoints.length === 0) return;
  throw forbidden(
    `model '${name}' is named by endpoint ${endpoints.join(", ")}`,
    "Point the endpoint elsewhere or delete it first.",
  );
}

/** Removes a model and keeps the number that its next version would have had: it is never given twice. */
async function retire({ tx }: Change, { name, next_version }: ModelRow): Promise<void> {
  await tx.deleteFrom("aliases").where("model", "=", name).execute();
  await tx.deleteFrom("versions").where("model", "=", name).execute();
  await tx.deleteFrom("models").where("name", "=", name).execute();
  await tx.deleteFrom("retired_models").where("name", "=", name).execute();
  await tx.insertInto("retired_models").values({ name, next_version }).execute();
}
