import type { Check, Promotion } from "../../admin/index.ts";
import { type Clock, type Deadline, PlatformError, Turnstile } from "../../base/index.ts";
import {
  MAIN_FILES,
  mainFileOf,
  ownContext,
  type PredictRequest,
  type PredictResponse,
  type RequestContext,
} from "../../model/index.ts";
import { type Actor, artifactDigest, type Registry, type VersionRecord } from "../../registry/index.ts";
import type { LoadedVersion, Models } from "../../serving/index.ts";
import { checkLoaded, type LoadedCheckParts, runChecks, UNFORCEABLE } from "./checks.ts";
import type { AddRequest, PromoteRequest, Releases, RollbackRequest } from "./contract.ts";
import { versionDifferences } from "./diff.ts";
import { GOLDEN_FILE, type Golden, readGolden } from "./golden.ts";
import { madeBefore, onceIn } from "./made-before.ts";
import type { RegistryParts } from "./parts.ts";
import { foundVersion } from "./placements.ts";

export interface ReleasesOptions extends RegistryParts {
  readonly models: Models;
  readonly clock: Clock;
  /** Takes over what the registry says now, see {@link Releases.sync}. */
  readonly sync: () => Promise<void>;
  /** Has a version loaded beside what the registry names, until the result is called. */
  readonly tryBeside: (record: VersionRecord) => () => void;
  readonly answer: (
    loaded: LoadedVersion,
    request: PredictRequest,
    context: RequestContext,
  ) => Promise<PredictResponse>;
  readonly answered: Releases["answered"];
  readonly shadowReport: Releases["shadowReport"];
}

/** Versions that are tried, in parallel at the most: each takes memory beside what serves. */
const TRIALS_AT_ONCE = 2;

/** Changes that must be right in the registry and on this server. */
export function createReleases(options: ReleasesOptions): Releases {
  const work = new ReleaseWork(options);
  return {
    add: async (request, actor, deadline) => work.add(request, actor, deadline),
    check: async (model, version, alias, deadline) => work.check({ model, version, alias }, deadline),
    promote: async (request, actor, deadline) => work.promote(request, actor, deadline),
    rollback: async (request, actor, deadline) => work.rollback(request, actor, deadline),
    async diff(model, from, to) {
      const { registry } = options;
      return versionDifferences(await registry.version(model, from), await registry.version(model, to));
    },
    sync: options.sync,
    answered: options.answered,
    shadowReport: options.shadowReport,
  };
}

type Which = Pick<PromoteRequest, "model" | "version" | "alias">;

class ReleaseWork {
  readonly #options: ReleasesOptions;
  readonly #trials = new Turnstile(TRIALS_AT_ONCE);
  /** One change of a model at a time on this server; the records see to it among servers. */
  readonly #turns = new Map<string, Turnstile>();

  constructor(options: ReleasesOptions) {
    this.#options = options;
  }

  async add(request: AddRequest, actor: Actor, deadline: Deadline) {
    const { registry, artifacts } = this.#options;
    const { alias, ...version } = request;
    checkFiles(request);
    await this.#checkUploaded(request);
    const { signature, checks } = await this.#trials.run(async () => {
      const draft = draftOf(request);
      const found = { ...foundVersion(draft, artifacts), fingerprint: `trial ${draft.digest}` };
      const loaded = await this.#options.models.tryOut(found, deadline).catch(asPrecondition);
      try {
        await this.#checkOwnGolden(draft);
        const { signature: own } = loaded.parts.session;
        const parts = await this.#checkParts({ ...draft, signature: own }, "champion");
        return { signature: own, checks: await checkLoaded(parts, loaded, deadline) };
      } finally {
        await loaded.retire();
      }
    });
    const { record, existed } = await registry.addVersion({ ...version, signature }, actor);
    await this.#options.sync();
    if (alias === undefined || record.aliases.includes(alias)) return { record, existed, checks };
    const wanted = { model: record.model, version: record.version, alias, force: false };
    await this.promote(wanted, actor, deadline);
    return { record: await registry.version(record.model, record.version), existed, checks };
  }

  async check(which: Which, deadline: Deadline): Promise<readonly Check[]> {
    return (await this.#check(which, deadline)).checks;
  }

  async promote(request: PromoteRequest, actor: Actor, deadline: Deadline): Promise<Promotion> {
    return await this.#turnOf(request.model).run(async () => {
      const { model, version, alias, expectedRevision } = request;
      const made = await madeBefore(this.#options.registry, { model, alias }, actor);
      if (made) return made;
      await this.#checkRevision(model, expectedRevision);
      // Kept from the checks to the move, so that it is loaded once.
      const release = this.#options.tryBeside(await this.#options.registry.version(model, version));
      try {
        return await this.#promote(request, actor, deadline);
      } finally {
        release();
      }
    });
  }

  async #promote(request: PromoteRequest, actor: Actor, deadline: Deadline): Promise<Promotion> {
    const { model, version, alias, force, reason, expectedRevision } = request;
    const { checks } = await this.#check(request, deadline);
    const failed = checks.filter(({ name, passed }) => !passed && !(force && !UNFORCEABLE.has(name)));
    if (failed.length > 0) throw notPromoted(request, failed);
    const overridden = checks.filter(({ passed }) => !passed).map(({ name }) => name);
    const details = { ...(overridden.length > 0 && { overridden }) };
    const move = { model, alias, version, kind: "promote" as const, reason, expectedRevision, details };
    return await this.#move(move, checks, actor, deadline);
  }

  async rollback(request: RollbackRequest, actor: Actor, deadline: Deadline): Promise<Promotion> {
    return await this.#turnOf(request.model).run(async () => {
      const { model, alias, to, reason, expectedRevision } = request;
      const made = await madeBefore(this.#options.registry, { model, alias }, actor);
      if (made) return made;
      const version = await this.#rollbackTarget(model, alias, to);
      const move = { model, alias, version, kind: "rollback" as const, reason, expectedRevision };
      return await this.#move(move, [], actor, deadline);
    });
  }

  async #rollbackTarget(model: string, alias: string, to: number | undefined): Promise<number> {
    const { aliases } = await this.#options.registry.model(model);
    const standing = aliases.find((one) => one.alias === alias);
    if (!standing) throw aliasMissing(model, alias);
    const target = to ?? standing.previous[0];
    if (target !== undefined) return target;
    throw new PlatformError(
      "failed_precondition",
      `${model}@${alias} has stood nowhere before version ${standing.version}`,
      {
        field: "to",
        got: "nothing",
        expected: "a version",
        hint: `name one: sirve rollback ${model} --to N`,
      },
    );
  }

  /** Loads what is not loaded, then moves the alias, then the requests. */
  async #move(
    move: Parameters<Registry["moveAlias"]>[0],
    checks: readonly Check[],
    actor: Actor,
    deadline: Deadline,
  ): Promise<Promotion> {
    const { registry, models, clock, tryBeside } = this.#options;
    const { model, version } = move;
    const release = tryBeside(await registry.version(model, version));
    try {
      await models.settled(model, version, deadline).catch(asPrecondition);
      const decidedMs = clock.now();
      const { alias, from } = await registry.moveAlias(
        { ...move, details: { ...move.details, ...onceIn(actor) } },
        actor,
      );
      await this.#options.sync();
      const swapMs = clock.now() - decidedMs;
      const previous = from === undefined ? {} : { previous: from };
      return { model, alias: alias.alias, version, ...previous, checks: [...checks], swapMs };
    } finally {
      release();
    }
  }

  async #check(which: Which, deadline: Deadline) {
    const { registry, models, tryBeside } = this.#options;
    const candidate = await registry.version(which.model, which.version);
    const parts = {
      ...(await this.#checkParts(candidate, which.alias)),
      hold: async () => (await models.settled(which.model, which.version, deadline)).acquire(),
    };
    const release = tryBeside(candidate);
    try {
      return { checks: await runChecks(parts, deadline) };
    } finally {
      release();
    }
  }

  async #checkParts(candidate: VersionRecord, alias: string): Promise<LoadedCheckParts> {
    const inPlace = await this.#inPlace(candidate, alias);
    return {
      candidate,
      inPlace,
      golden: async () => (await this.#goldenOf(candidate)) ?? (inPlace && (await this.#goldenOf(inPlace))),
      ask: async (loaded, request, until) =>
        this.#options.answer(loaded, request, ownContext("golden", until)),
    };
  }

  /** The version that an alias stands on, if it is another; a model that is still to come has none. */
  async #inPlace({ model, digest }: VersionRecord, alias: string): Promise<VersionRecord | undefined> {
    const { registry } = this.#options;
    try {
      const standing = (await registry.model(model)).aliases.find((one) => one.alias === alias);
      const record = standing && (await registry.version(model, standing.version));
      return record?.digest === digest ? undefined : record;
    } catch (thrown) {
      if (PlatformError.from(thrown).code === "not_found") return undefined;
      throw thrown;
    }
  }

  async #goldenOf(record: VersionRecord): Promise<Golden | undefined> {
    if (!record.files.some(({ name }) => name === GOLDEN_FILE)) return undefined;
    const held = await this.#options.artifacts.acquire(record);
    try {
      return await readGolden(held.directory);
    } finally {
      held.release();
    }
  }

  /** Golden rows that cannot be read are refused when they come, not at a promotion weeks later. */
  async #checkOwnGolden(record: VersionRecord): Promise<void> {
    await this.#goldenOf(record);
  }

  async #checkUploaded({ files }: AddRequest): Promise<void> {
    const { blobs } = this.#options.artifacts;
    for (const { name, digest, bytes } of files) {
      // A sweep that has read what is named before this version is registered leaves its files by their age.
      await blobs.touch(digest);
      const size = await blobs.size(digest);
      if (size === bytes) continue;
      const got = size === undefined ? "nothing" : `${size} bytes`;
      throw new PlatformError("failed_precondition", `file ${name} is not uploaded`, {
        field: `files.${name}`,
        got,
        expected: `${bytes} bytes of SHA-256 ${digest}`,
        hint: `PUT /api/v1/uploads/${digest} first`,
      });
    }
  }

  async #checkRevision(model: string, expected: number | undefined): Promise<void> {
    if (expected === undefined) return;
    const { revision } = await this.#options.registry.model(model);
    if (revision === expected) return;
    throw new PlatformError("aborted", `model '${model}' has changed since`, {
      field: "If-Match",
      got: `"${expected}"`,
      expected: `"${revision}"`,
      hint: "look at it again, then decide",
    });
  }

  #turnOf(model: string): Turnstile {
    const turn = this.#turns.get(model) ?? new Turnstile(1);
    this.#turns.set(model, turn);
    return turn;
  }
}

/** A version that has no number yet, as what may be loaded. */
function draftOf({ model, files, metrics, tags, lineage }: AddRequest): VersionRecord {
  return {
    model,
    version: 0,
    digest: artifactDigest(files),
    files,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    signature: { inputs: [], outputs: [] },
    metrics,
    tags,
    lineage,
    createdAt: "",
    createdBy: "",
    aliases: [],
  };
}

function checkFiles({ files }: AddRequest): void {
  const names = files.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new PlatformError("invalid_argument", `two files are called ${twice}`, {
      field: "files",
      got: twice,
    });
  }
  if (mainFileOf(names) !== undefined) return;
  throw new PlatformError(
    "invalid_argument",
    "there is no model, handler, pipeline.json or remote.json among the files",
    {
      field: "files",
      got: names.join(", ").slice(0, 200),
      expected: MAIN_FILES.join(", or "),
    },
  );
}

/** What is wrong with the files is wrong with what was asked, whatever the loader calls it. */
function asPrecondition(thrown: unknown): never {
  const error = PlatformError.from(thrown);
  const isOurs = ["cancelled", "deadline_exceeded", "unavailable", "resource_exhausted"].includes(error.code);
  if (isOurs) throw error;
  throw new PlatformError("failed_precondition", `it does not load: ${error.message}`, {
    ...error.details,
    cause: error,
    field: error.details.field ?? "files",
  });
}

function notPromoted({ model, version, alias }: Which, failed: readonly Check[]): PlatformError {
  const list = failed.map(({ name, detail }) => `${name}: ${detail}`).join("\n  ");
  const isForceable = failed.every(({ name }) => !UNFORCEABLE.has(name));
  const hint = isForceable
    ? `sirve promote ${model}@${version} --force overrides it`
    : "it must load before it can answer";
  return new PlatformError(
    "failed_precondition",
    `${model}@${version} is not promoted to ${alias}:\n  ${list}`,
    {
      field: "version",
      got: String(version),
      expected: "a version that passes its checks",
      hint,
    },
  );
}

function aliasMissing(model: string, alias: string): PlatformError {
  return new PlatformError("not_found", `model '${model}' has no alias '${alias}'`, {
    field: "alias",
    got: alias,
  });
}
