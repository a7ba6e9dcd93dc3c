import { type Clock, systemClock } from "../base/index.ts";
import { type Database, lastAuditId } from "../database/index.ts";
import { deleteAlias, moveAlias } from "./aliases.ts";
import { listAudit, listChanges } from "./audit-log.ts";
import { type Change, makeChange } from "./change.ts";
import type { Actor, Registry } from "./contract.ts";
import { deleteEndpoint, getEndpoint, listEndpoints, setEndpoint } from "./endpoints.ts";
import { changeModel, deleteModel, getModel, listModels } from "./models.ts";
import { readDigests, readState } from "./state.ts";
import { addVersion, deleteVersion, getVersion, listVersions, setTags } from "./versions.ts";

export interface RegistryOptions {
  readonly database: Database;
  readonly clock?: Clock;
}

/** The registry on an open database, which stays its owner's to close. */
export function openRegistry({ database, clock = systemClock }: RegistryOptions): Registry {
  const change = <T>(actor: Actor, work: (change: Change) => Promise<T>): Promise<T> =>
    makeChange(database, clock, actor, work);
  return {
    listModels: (page) => database.read((tx) => listModels(tx, page)),
    model: (name) => database.read((tx) => getModel(tx, name)),
    changeModel: (name, wanted, revision, actor) =>
      change(actor, (open) => changeModel(open, name, wanted, revision)),
    deleteModel: (name, options, actor) => change(actor, (open) => deleteModel(open, name, options)),

    addVersion: (version, actor) => change(actor, (open) => addVersion(open, version)),
    version: (model, version) => database.read((tx) => getVersion(tx, model, version)),
    listVersions: (model, page) => database.read((tx) => listVersions(tx, model, page)),
    setTags: (model, version, tags, actor) => change(actor, (open) => setTags(open, model, version, tags)),
    deleteVersion: (model, version, actor) => change(actor, (open) => deleteVersion(open, model, version)),

    moveAlias: (move, actor) => change(actor, (open) => moveAlias(open, move)),
    deleteAlias: (model, alias, revision, actor) =>
      change(actor, (open) => deleteAlias(open, model, alias, revision)),

    listEndpoints: (page) => database.read((tx) => listEndpoints(tx, page)),
    endpoint: (name) => database.read((tx) => getEndpoint(tx, name)),
    setEndpoint: (name, spec, options, actor) =>
      change(actor, (open) => setEndpoint(open, name, spec, options)),
    deleteEndpoint: (name, revision, actor) => change(actor, (open) => deleteEndpoint(open, name, revision)),

    note: ({ action, model, details }, actor) => change(actor, (open) => open.note(action, model, details)),
    audit: (page) => database.read((tx) => listAudit(tx, page)),
    changesAfter: (id, limit) => database.read((tx) => listChanges(tx, id, limit)),
    lastChangeId: () => lastAuditId(database.kysely),
    state: () => database.read(readState),
    referencedDigests: () => database.read(readDigests),
  };
}
