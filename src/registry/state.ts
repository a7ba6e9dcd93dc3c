import { lastAuditId } from "../database/index.ts";
import { CHAMPION, type ModelTarget } from "../model/index.ts";
import type { RegistryState } from "./contract.ts";
import { targetsOf } from "./endpoints.ts";
import type { Reading } from "./find.ts";
import {
  type AliasRow,
  aliasRecord,
  endpointRecord,
  filesOf,
  modelRecord,
  type VersionRow,
  versionRecord,
} from "./rows.ts";

/** How many versions one query asks for: SQLite nests its conditions, and has a limit for that. */
const AT_ONCE = 200;

/** All that a server must know to serve, at one moment. */
export async function readState(tx: Reading): Promise<RegistryState> {
  const changeId = await lastAuditId(tx);
  const models = await tx.selectFrom("models").selectAll().orderBy("name").execute();
  const aliases = await tx.selectFrom("aliases").selectAll().orderBy("model").orderBy("alias").execute();
  const rows = await tx.selectFrom("endpoints").selectAll().orderBy("name").execute();
  const endpoints = rows.map(endpointRecord);
  const versions = await readVersions(tx, versionsToServe(aliases, endpoints.flatMap(targetsOf)));
  const ofModel = Map.groupBy(aliases, ({ model }) => model);
  return {
    changeId,
    models: models.map((row) => modelRecord(row, ofModel.get(row.name) ?? [])),
    versions: versions.map((row) => versionRecord(row, ofModel.get(row.model) ?? [])),
    endpoints,
  };
}

interface OneVersion {
  readonly model: string;
  readonly version: number;
}

/** Each once: where aliases stand, where each champion stood before, what endpoints name by number. */
function versionsToServe(aliases: readonly AliasRow[], targets: readonly ModelTarget[]): OneVersion[] {
  const found = new Map<string, OneVersion>();
  const add = (model: string, version: number | undefined) => {
    if (version !== undefined) found.set(`${model}@${version}`, { model, version });
  };
  for (const row of aliases) {
    add(row.model, row.version);
    if (row.alias === CHAMPION) add(row.model, aliasRecord(row).previous[0]);
  }
  for (const { model, version } of targets) add(model, version);
  return [...found.values()];
}

async function readVersions(tx: Reading, wanted: readonly OneVersion[]): Promise<VersionRow[]> {
  const found: VersionRow[] = [];
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    const some = wanted.slice(at, at + AT_ONCE);
    const rows = await tx
      .selectFrom("versions")
      .selectAll()
      .where((is) => is.or(some.map(({ model, version }) => is.and({ model, version }))))
      .execute();
    found.push(...rows);
  }
  return found.toSorted((a, b) => (a.model === b.model ? a.version - b.version : a.model < b.model ? -1 : 1));
}

/** Digests of every file of every version. */
export async function readDigests(tx: Reading): Promise<ReadonlySet<string>> {
  const rows = await tx.selectFrom("versions").select("files").execute();
  return new Set(rows.flatMap((row) => filesOf(row).map(({ digest }) => digest)));
}
