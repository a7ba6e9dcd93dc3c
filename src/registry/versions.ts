import type { Tables } from "../database/index.ts";
import { CHAMPION } from "../model/index.ts";
import { placeAlias } from "./aliases.ts";
import { artifactDigest } from "./artifact-digest.ts";
import type { Change } from "./change.ts";
import { checkNewVersion, checkTags } from "./checks.ts";
import type { NewVersion, Page, Paged, VersionRecord } from "./contract.ts";
import { paged, startOf } from "./cursor.ts";
import { endpointsNaming } from "./endpoints.ts";
import { aliasesOf, modelRow, type Reading, versionRow } from "./find.ts";
import { revise } from "./models.ts";
import { forbidden } from "./refusals.ts";
import { type ModelRow, type VersionRow, versionRecord } from "./rows.ts";
import { withoutVersion } from "./steps.ts";

/** Newest first. */
export async function listVersions(tx: Reading, model: string, page: Page): Promise<Paged<VersionRecord>> {
  const after = startOf(page, "number");
  await modelRow(tx, model);
  let query = tx
    .selectFrom("versions")
    .selectAll()
    .where("model", "=", model)
    .orderBy("version", "desc")
    .limit(page.limit + 1);
  if (after !== undefined) query = query.where("version", "<", after);
  const [rows, aliases] = [await query.execute(), await aliasesOf(tx, model)];
  return paged(
    rows,
    page,
    ({ version }) => version,
    (row) => versionRecord(row, aliases),
  );
}

export async function getVersion(tx: Reading, model: string, version: number): Promise<VersionRecord> {
  const row = await versionRow(tx, model, version);
  return versionRecord(row, await aliasesOf(tx, model));
}

export async function addVersion(
  change: Change,
  wanted: NewVersion,
): Promise<{ readonly record: VersionRecord; readonly existed: boolean }> {
  checkNewVersion(wanted);
  const { tx } = change;
  const { model } = wanted;
  const digest = artifactDigest(wanted.files);
  const same = await tx
    .selectFrom("versions")
    .select("version")
    .where("model", "=", model)
    .where("digest", "=", digest)
    .executeTakeFirst();
  if (same) return { record: await getVersion(tx, model, same.version), existed: true };
  const version = await takeNumber(change, wanted);
  await tx
    .insertInto("versions")
    .values(newRow(change, wanted, version))
    .execute();
  await revise(change, model, await change.note("version.add", model, { version, digest }));
  const aliases = await aliasesOf(tx, model);
  if (!aliases.some(({ alias }) => alias === CHAMPION)) {
    await placeAlias(change, { model, alias: CHAMPION, version, previous: [] });
    const details = { alias: CHAMPION, from: null, to: version, kind: "first" };
    await revise(change, model, await change.note("alias.move", model, details));
  }
  return { record: await getVersion(tx, model, version), existed: false };
}

/** The next number of a model, which is made where there is none yet. */
async function takeNumber(change: Change, { model, description }: NewVersion): Promise<number> {
  const { tx } = change;
  const row =
    (await tx.selectFrom("models").selectAll().where("name", "=", model).executeTakeFirst()) ??
    (await createModel(change, model));
  await tx
    .updateTable("models")
    .set({ next_version: row.next_version + 1, description: description ?? row.description })
    .where("name", "=", model)
    .execute();
  return row.next_version;
}

async function createModel({ tx, at }: Change, name: string): Promise<ModelRow> {
  const retired = await tx
    .selectFrom("retired_models")
    .select("next_version")
    .where("name", "=", name)
    .executeTakeFirst();
  const row: ModelRow = {
    name,
    description: "",
    tags: "{}",
    next_version: retired?.next_version ?? 1,
    revision: 0,
    created_at: at,
  };
  await tx.insertInto("models").values(row).execute();
  return row;
}

function newRow({ at, by }: Change, wanted: NewVersion, version: number): VersionRow {
  const files = wanted.files
    .map(({ name, digest, bytes }) => ({ name, digest, bytes }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return {
    model: wanted.model,
    version,
    digest: artifactDigest(files),
    files: JSON.stringify(files),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    signature: JSON.stringify(wanted.signature),
    metrics: JSON.stringify(wanted.metrics),
    tags: JSON.stringify(wanted.tags),
    lineage: JSON.stringify(wanted.lineage),
    created_at: at,
    created_by: by,
  };
}

export async function setTags(
  change: Change,
  model: string,
  version: number,
  tags: Readonly<Record<string, string>>,
): Promise<VersionRecord> {
  checkTags(tags);
  const row = await versionRow(change.tx, model, version);
  const text = JSON.stringify(tags);
  if (text !== row.tags) {
    await change.tx
      .updateTable("versions")
      .set({ tags: text })
      .where("model", "=", model)
      .where("version", "=", version)
      .execute();
    await revise(change, model, await change.note("version.tag", model, { version, tags }));
  }
  return await getVersion(change.tx, model, version);
}

/** Deletes what nothing serves; aliases that could have gone back to it forget it. */
export async function deleteVersion(change: Change, model: string, version: number): Promise<void> {
  const { tx } = change;
  const { digest } = await versionRow(tx, model, version);
  const aliases = await aliasesOf(tx, model);
  const standing = aliases.filter((row) => row.version === version).map(({ alias }) => alias);
  if (standing.length > 0) {
    throw forbidden(
      `version ${version} of model '${model}' serves: it is ${standing.join(", ")}`,
      "Promote another version first, or delete the alias.",
    );
  }
  const endpoints = await endpointsNaming(
    tx,
    (target) => target.model === model && target.version === version,
  );
  if (endpoints.length > 0) {
    throw forbidden(
      `version ${version} of model '${model}' is named by endpoint ${endpoints.join(", ")}`,
      "Point the endpoint elsewhere first.",
    );
  }
  for (const row of aliases) await forget(change, row, version);
  await tx.deleteFrom("versions").where("model", "=", model).where("version", "=", version).execute();
  await revise(change, model, await change.note("version.delete", model, { version, digest }));
}

async function forget({ tx }: Change, row: Tables["aliases"], version: number): Promise<void> {
  const previous = withoutVersion(row.version, JSON.parse(row.previous) as number[], version);
  await tx
    .updateTable("aliases")
    .set({ previous: JSON.stringify(previous) })
    .where("model", "=", row.model)
    .where("alias", "=", row.alias)
    .execute();
}
