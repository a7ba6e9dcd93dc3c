import { isModelName, type ModelTarget, parseModelTarget } from "../model/index.ts";
import type { Change } from "./change.ts";
import { checkEndpoint } from "./checks.ts";
import type { EndpointRecord, EndpointSpec, Page, Paged } from "./contract.ts";
import { paged, startOf } from "./cursor.ts";
import { aliasesOf, modelRow, type Reading, versionRow } from "./find.ts";
import { aliasNotFound, checkRevision, endpointNotFound } from "./refusals.ts";
import { type EndpointRow, endpointRecord } from "./rows.ts";

/** Endpoints in the order of their names. */
export async function listEndpoints(tx: Reading, page: Page): Promise<Paged<EndpointRecord>> {
  const after = startOf(page, "string");
  let query = tx
    .selectFrom("endpoints")
    .selectAll()
    .orderBy("name")
    .limit(page.limit + 1);
  if (after !== undefined) query = query.where("name", ">", after);
  return paged(await query.execute(), page, ({ name }) => name, endpointRecord);
}

async function findEndpoint(tx: Reading, name: string): Promise<EndpointRow | undefined> {
  if (!isModelName(name)) return undefined;
  return await tx.selectFrom("endpoints").selectAll().where("name", "=", name).executeTakeFirst();
}

export async function getEndpoint(tx: Reading, name: string): Promise<EndpointRecord> {
  const row = await findEndpoint(tx, name);
  if (!row) throw endpointNotFound(name);
  return endpointRecord(row);
}

/** What an endpoint may ask of the models behind it: all its targets, the shadow's too. */
export function targetsOf({ variants, shadow }: EndpointSpec): ModelTarget[] {
  const targets = shadow ? [...variants, shadow] : variants;
  return targets.map(({ target }) => parseModelTarget(target)).filter((target) => target !== undefined);
}

/** Names of the endpoints of which a target is meant. */
export async function endpointsNaming(
  tx: Reading,
  isMeant: (target: ModelTarget) => boolean,
): Promise<readonly string[]> {
  const rows = await tx.selectFrom("endpoints").selectAll().orderBy("name").execute();
  return rows.filter((row) => targetsOf(endpointRecord(row)).some(isMeant)).map(({ name }) => name);
}

/** Makes an endpoint or changes it; where it is so already nothing changes. */
export async function setEndpoint(
  change: Change,
  name: string,
  wanted: EndpointSpec,
  options: { readonly expectedRevision?: number | undefined; readonly reason?: string | undefined },
): Promise<EndpointRecord> {
  checkEndpoint(name, wanted);
  const row = await findEndpoint(change.tx, name);
  checkRevision(`endpoint '${name}'`, row?.revision ?? 0, options.expectedRevision);
  for (const target of targetsOf(wanted)) await requireTarget(change.tx, target);
  const spec = JSON.stringify(plainSpec(wanted));
  if (row?.spec === spec) return endpointRecord(row);
  const from = row === undefined ? null : (JSON.parse(row.spec) as unknown);
  const details = { from, to: plainSpec(wanted), reason: options.reason };
  const revision = await change.note("endpoint.set", name, details);
  const changed = { name, spec, revision, changed_at: change.at, changed_by: change.by };
  await change.tx
    .insertInto("endpoints")
    .values(changed)
    .onConflict((conflict) => conflict.column("name").doUpdateSet(changed))
    .execute();
  return endpointRecord(changed);
}

/** Only what belongs to a spec, in one order: equal specs are equal texts. */
function plainSpec({ variants, shadow, splitKey, salt }: EndpointSpec): EndpointSpec {
  return {
    variants: variants.map(({ name, target, weight }) => ({ name, target, weight })),
    shadow: shadow && {
      target: shadow.target,
      percent: shadow.percent,
      maxConcurrency: shadow.maxConcurrency,
      tolerance: shadow.tolerance,
    },
    splitKey,
    salt,
  };
}

async function requireTarget(tx: Reading, { model, alias, version }: ModelTarget): Promise<void> {
  if (version !== undefined) await versionRow(tx, model, version);
  else await modelRow(tx, model);
  if (alias === undefined) return;
  const known = await aliasesOf(tx, model);
  if (!known.some((row) => row.alias === alias)) throw aliasNotFound(model, alias);
}

export async function deleteEndpoint(
  change: Change,
  name: string,
  expectedRevision: number | undefined,
): Promise<void> {
  const row = await findEndpoint(change.tx, name);
  if (!row) throw endpointNotFound(name);
  checkRevision(`endpoint '${name}'`, row.revision, expectedRevision);
  await change.tx.deleteFrom("endpoints").where("name", "=", name).execute();
  await change.note("endpoint.delete", name, { from: JSON.parse(row.spec) as unknown });
}
