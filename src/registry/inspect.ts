import { PlatformError } from "../base/index.ts";
import {
  type DatabasePlace,
  inspectStore,
  type Kysely,
  type StoreFinding,
  type Tables,
} from "../database/index.ts";
import { CHAMPION } from "../model/index.ts";
import { artifactDigest } from "./artifact-digest.ts";
import { targetsOf } from "./endpoints.ts";
import { type AliasRow, aliasRecord, endpointRecord, filesOf, type ModelRow } from "./rows.ts";

/** Whether all that must always hold of the records of a registry does; they may be in use. */
export async function inspectRecords(place: DatabasePlace): Promise<readonly StoreFinding[]> {
  try {
    const problems = await inspectStore(place, brokenInvariants);
    const remedy = "restore a backup (sirve restore), and report it: the registry should never come to this";
    if (problems.length > 0) return problems.map((detail) => fail(detail, remedy));
    const detail = "every model has one champion, every name leads somewhere";
    return [{ check: "registry", status: "ok", detail }];
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    return [fail(error.message, error.details.hint ?? "see whether the database answers")];
  }
}

const fail = (detail: string, remedy: string): StoreFinding => ({
  check: "registry",
  status: "fail",
  detail,
  remedy,
});

/** What is wrong, one sentence each; empty if all is well. */
export async function brokenInvariants(records: Kysely<Tables>): Promise<readonly string[]> {
  const atOneMoment = records.transaction().setAccessMode("read only").setIsolationLevel("repeatable read");
  return await atOneMoment.execute(async (tx) => {
    const models = await tx.selectFrom("models").selectAll().execute();
    const versions = await tx
      .selectFrom("versions")
      .select(["model", "version", "digest", "files"])
      .execute();
    const aliases = await tx.selectFrom("aliases").selectAll().execute();
    const endpoints = await tx.selectFrom("endpoints").selectAll().execute();
    const audit = await tx.selectFrom("audit").select("id").orderBy("id").execute();
    const stands = new Set([
      ...versions.map(keyOf),
      ...aliases.map(({ model, alias }) => `${model}@${alias}`),
    ]);
    return [
      ...models.flatMap((model) =>
        wrongModel(
          model,
          versions.filter((one) => one.model === model.name),
          aliases,
        ),
      ),
      ...aliases.flatMap((alias) => wrongAlias(alias, stands)),
      ...versions
        .filter((row) => artifactDigest(filesOf(row)) !== row.digest)
        .map((row) => `${keyOf(row)}: its digest is not that of its files`),
      ...endpoints.flatMap((row) => wrongEndpoint(endpointRecord(row), stands)),
      ...(audit.some(({ id }, index) => id !== index + 1) ? ["the audit log has a gap"] : []),
      ...[...models, ...endpoints]
        .filter(({ revision }) => revision < 1 || revision > audit.length)
        .map(({ name }) => `${name}: its revision is no line of the audit log`),
    ];
  });
}

const keyOf = ({ model, version }: { readonly model: string; readonly version: number }): string =>
  `${model}@${version}`;

function wrongModel(
  { name, next_version }: ModelRow,
  versions: readonly { readonly version: number }[],
  aliases: readonly AliasRow[],
): string[] {
  const champions = aliases.filter(({ model, alias }) => model === name && alias === CHAMPION).length;
  return [
    ...(versions.length === 0 ? [`${name}: no version`] : []),
    ...(champions === 1 ? [] : [`${name}: ${champions} champions`]),
    ...(versions.every(({ version }) => version < next_version)
      ? []
      : [`${name}: its next number is given already`]),
  ];
}

function wrongAlias(row: AliasRow, stands: ReadonlySet<string>): string[] {
  const { version, previous } = aliasRecord(row);
  return [version, ...previous]
    .filter((step) => !stands.has(`${row.model}@${step}`))
    .map((step) => `${row.model}@${row.alias}: version ${step} is not there`);
}

function wrongEndpoint(record: ReturnType<typeof endpointRecord>, stands: ReadonlySet<string>): string[] {
  return targetsOf(record)
    .map(({ model, alias, version }) => `${model}@${alias ?? version}`)
    .filter((target) => !stands.has(target))
    .map((target) => `endpoint ${record.endpoint}: ${target} is not there`);
}
