import { CHAMPION } from "../model/index.ts";
import type { Change } from "./change.ts";
import { checkAliasName } from "./checks.ts";
import type { AliasMove, AliasMoved } from "./contract.ts";
import { endpointsNaming } from "./endpoints.ts";
import { aliasesOf, modelRow, versionRow } from "./find.ts";
import { revise } from "./models.ts";
import { aliasNotFound, checkRevision, forbidden } from "./refusals.ts";
import { type AliasRow, aliasRecord } from "./rows.ts";
import { promoted, rolledBack } from "./steps.ts";

/** Where an alias is to stand. */
interface Place {
  readonly model: string;
  readonly alias: string;
  readonly version: number;
  readonly previous: readonly number[];
}

/** Puts an alias on a version, new or not. */
export async function placeAlias({ tx, at, by }: Change, place: Place): Promise<AliasRow> {
  const { model, alias } = place;
  const row: AliasRow = {
    model,
    alias,
    version: place.version,
    previous: JSON.stringify(place.previous),
    moved_at: at,
    moved_by: by,
  };
  await tx
    .insertInto("aliases")
    .values(row)
    .onConflict((conflict) => conflict.columns(["model", "alias"]).doUpdateSet(row))
    .execute();
  return row;
}

/** Moves an alias, or makes it. Where it stands already nothing changes, so that a retry is harmless. */
export async function moveAlias(change: Change, move: AliasMove): Promise<AliasMoved> {
  const { model, alias, version } = move;
  checkAliasName(alias);
  const { revision } = await modelRow(change.tx, model);
  checkRevision(`model '${model}'`, revision, move.expectedRevision);
  await versionRow(change.tx, model, version);
  const current = (await aliasesOf(change.tx, model)).find((row) => row.alias === alias);
  if (current?.version === version) return { alias: aliasRecord(current), from: version, revision };
  const previous = stepsAfter(move, current);
  const row = await placeAlias(change, { model, alias, version, previous });
  const from = current?.version;
  const { kind, reason, details } = move;
  const noted = await change.note("alias.move", model, {
    ...details,
    alias,
    from: from ?? null,
    to: version,
    kind,
    reason,
  });
  await revise(change, model, noted);
  return { alias: aliasRecord(row), from, revision: noted };
}

function stepsAfter(
  { model, alias, version, kind }: AliasMove,
  current: AliasRow | undefined,
): readonly number[] {
  const previous = current ? aliasRecord(current).previous : [];
  if (kind === "promote") return current ? promoted(current.version, previous) : [];
  if (!current) throw aliasNotFound(model, alias);
  const left = rolledBack(previous, version);
  if (left) return left;
  const stood = previous.length === 0 ? "nowhere else" : `on ${previous.join(", ")}`;
  throw forbidden(
    `'${alias}' of model '${model}' never stood on version ${version}: it stood ${stood} before`,
    "Promote the version instead.",
  );
}

export async function deleteAlias(
  change: Change,
  model: string,
  alias: string,
  expectedRevision: number | undefined,
): Promise<void> {
  const { tx } = change;
  const { revision } = await modelRow(tx, model);
  checkRevision(`model '${model}'`, revision, expectedRevision);
  const row = (await aliasesOf(tx, model)).find((one) => one.alias === alias);
  if (!row) throw aliasNotFound(model, alias);
  if (alias === CHAMPION) {
    throw forbidden(`'${CHAMPION}' is what model '${model}' answers with`, "Delete the model instead.");
  }
  const endpoints = await endpointsNaming(tx, (target) => target.model === model && target.alias === alias);
  if (endpoints.length > 0) {
    throw forbidden(
      `alias '${alias}' of model '${model}' is named by endpoint ${endpoints.join(", ")}`,
      "Point the endpoint elsewhere first.",
    );
  }
  await tx.deleteFrom("aliases").where("model", "=", model).where("alias", "=", alias).execute();
  const details = { alias, from: row.version };
  await revise(change, model, await change.note("alias.delete", model, details));
}
