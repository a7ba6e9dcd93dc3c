import { type Deadline, type Deadlines, PlatformError, Waiters } from "../base/index.ts";
import type { LoadState, ModelStatus, VersionStatus } from "../model/index.ts";
import type { FoundVersion } from "./folder.ts";
import { type LoadedVersion, platformOf } from "./loaded-version.ts";
import { nextAction } from "./next-action.ts";
import { type LoadEvent, TRANSITIONS } from "./transitions.ts";
import { desiredVersions, type VersionPolicy } from "./version-policy.ts";

/** How the lifecycle loads a version, and whom it tells. */
export interface LifecycleHooks {
  /** Loads off the request path. @throws PlatformError with the reason. */
  readonly load: (found: FoundVersion, deadline: Deadline) => Promise<LoadedVersion>;
  readonly deadlines: Deadlines;
  /** Called after every change of a version's state. */
  readonly onChange: (status: VersionStatus) => void;
}

interface VersionRecord {
  readonly id: number;
  readonly found: FoundVersion;
  state: LoadState;
  desired: boolean;
  reason: string | undefined;
  /** It failed for what may pass, such as a store of files that does not answer. */
  mayPass: boolean;
  loaded: LoadedVersion | undefined;
  loading: Deadline | undefined;
}

/** The versions of one model: what lies in the folder, what is wanted of it, and where each stands. */
export class ModelLifecycle {
  readonly model: string;
  readonly #hooks: LifecycleHooks;
  #records: VersionRecord[] = [];
  #nextId = 1;
  #serving: VersionRecord | undefined;
  /** The version that answers for the model's name; undefined: the newest that is ready. */
  #answers: number | undefined;
  #wanted: VersionPolicy | undefined;
  readonly #waiters = new Waiters();

  constructor(model: string, hooks: LifecycleHooks) {
    this.model = model;
    this.#hooks = hooks;
  }

  /** The version that answers, or undefined: the one that was named, was placed, or is the latest ready one. */
  ready(version?: number): LoadedVersion | undefined {
    if (version === undefined || this.#serving?.found.version === version) return this.#serving?.loaded;
    return this.#newest((r) => r.state === "ready" && r.found.version === version)?.loaded;
  }

  /** Whether a load is under way, or follows when memory is freed, that could still make {@link ready} answer. */
  isPending(version?: number): boolean {
    return this.#records.some(
      (r) =>
        (r.state === "loading" || (r.desired && (r.state === "unloaded" || r.state === "draining"))) &&
        (version === undefined || r.found.version === version),
    );
  }

  /** Whether a version that nobody wants is still in memory. */
  isLeaving(version?: number): boolean {
    return this.#records.some(
      (r) =>
        (r.state === "draining" || (r.state === "ready" && !r.desired)) &&
        (version === undefined || r.found.version === version),
    );
  }

  /** Whether nothing is left of it: neither files nor memory. */
  isGone(): boolean {
    return this.#records.length === 0;
  }

  /** Takes over what the folder holds now. A version in `writing` keeps the record it has. */
  update(found: readonly FoundVersion[], writing: ReadonlySet<number>): void {
    for (const record of this.#records) {
      const stays =
        found.some((f) => f.fingerprint === record.found.fingerprint) || writing.has(record.found.version);
      if (!stays) this.#lost.add(record);
    }
    for (const one of found) {
      const isKnown = this.#records.some(
        (r) => r.found.fingerprint === one.fingerprint && !this.#lost.has(r),
      );
      if (!isKnown) this.#add(one);
    }
    this.#noted.clear();
    this.reconcile();
  }

  /**
   * Takes over which versions a registry wants and which of them answers for the model's name. Until that
   * one is ready, the one that answered before goes on.
   */
  place(found: readonly FoundVersion[], answers: number | undefined): void {
    this.#answers = answers;
    this.#wanted = { kind: "all" };
    this.#serving = this.#choose();
    this.update(found, new Set());
  }

  /**
   * Takes note of what the folder holds now, for those who list it: nothing is loaded or unloaded by
   * it before the next {@link update}.
   */
  note(found: readonly FoundVersion[], writing: ReadonlySet<number>): void {
    for (const record of this.#records) {
      const { version, fingerprint } = record.found;
      const stays = writing.has(version) || found.some((f) => f.fingerprint === fingerprint);
      if (!stays && isIdle(record)) this.#lost.add(record);
    }
    for (const one of found) {
      const isKnown = this.#records.some((r) => r.found.version === one.version && !this.#lost.has(r));
      if (!isKnown) this.#noted.add(this.#add(one));
    }
    this.reconcile();
  }

  /** Says which versions are wanted; undefined: none. */
  want(policy: VersionPolicy | undefined): void {
    this.#wanted = policy;
    this.reconcile();
  }

  /** Lets versions that failed be tried again. */
  retry(version?: number): void {
    for (const record of this.#records) {
      if (record.state === "failed" && (version === undefined || record.found.version === version)) {
        this.#apply(record, "unload");
      }
    }
  }

  /** Lets versions that failed for what may have passed be tried again. */
  retryPassing(): void {
    for (const record of this.#records) {
      if (record.state === "failed" && record.mayPass) this.#apply(record, "unload");
    }
    this.reconcile();
  }

  /** Asks the policies what to do next until there is nothing. */
  reconcile(): void {
    this.#markDesired();
    for (;;) {
      const action = nextAction(this.#records.map((r) => ({ ...r, version: r.found.version })));
      const record = this.#records.find((r) => r.id === action?.id);
      if (!action || !record) break;
      if (action.kind === "load") this.#load(record);
      else this.#unload(record);
      this.#markDesired();
    }
    this.#forgetLost();
    this.#waiters.wake();
  }

  /**
   * Waits for the next change of any of its versions.
   *
   * @throws the reason of `deadline`, if it ends first.
   */
  async change(deadline: Deadline): Promise<void> {
    await this.#waiters.next(deadline);
  }

  status(): ModelStatus {
    const versions = this.#records.map(statusOf).toSorted((a, b) => a.version - b.version);
    const serving = this.#serving?.found.version;
    return { model: this.model, versions, ...(serving !== undefined && { serving }) };
  }

  /** The files of a version, as they were seen last; undefined: they are not there. */
  found(version: number): FoundVersion | undefined {
    return this.#newest((r) => r.found.version === version && !this.#lost.has(r))?.found;
  }

  /** Every loaded version. */
  loaded(): LoadedVersion[] {
    return this.#records.flatMap((r) => (r.loaded && r.state === "ready" ? [r.loaded] : []));
  }

  /** Records whose files are gone or replaced: they are forgotten once unloaded. */
  readonly #lost = new Set<VersionRecord>();
  /** Records that nobody has asked for since their files came. */
  readonly #noted = new Set<VersionRecord>();

  #forgetLost(): void {
    const gone = new Set([...this.#lost].filter(isIdle));
    this.#records = this.#records.filter((record) => !gone.has(record));
    for (const record of gone) {
      this.#lost.delete(record);
      this.#noted.delete(record);
    }
  }

  #add(found: FoundVersion): VersionRecord {
    const record: VersionRecord = {
      id: this.#nextId++,
      found,
      state: "unloaded",
      desired: false,
      reason: undefined,
      mayPass: false,
      loaded: undefined,
      loading: undefined,
    };
    this.#records.push(record);
    return record;
  }

  #markDesired(): void {
    const present = this.#records.filter((r) => !this.#lost.has(r) && !this.#noted.has(r));
    // A copy in memory of files that were replaced stands for what took their place until that loads.
    const standing = new Set(this.#records.filter((r) => r.state === "ready").map((r) => r.found.version));
    const isOut = (r: VersionRecord) => r.state === "failed" && !standing.has(r.found.version);
    const failed = new Set(present.filter(isOut).map((r) => r.found.version));
    const available = present.map((r) => r.found.version);
    const wanted = this.#wanted ? desiredVersions(available, failed, this.#wanted) : [];
    for (const record of this.#records) {
      record.desired = present.includes(record) && wanted.includes(record.found.version);
    }
    // Who answers in the place of another is kept until that one can.
    const isStandIn = this.#answers !== undefined && this.#serving?.found.version !== this.#answers;
    if (isStandIn && this.#serving && this.#wanted) this.#serving.desired = true;
  }

  #load(record: VersionRecord): void {
    record.loading = this.#hooks.deadlines.start();
    record.reason = undefined;
    this.#apply(record, "load");
    // Settles the record either way and never rejects.
    void this.#settleLoad(record, record.loading);
  }

  async #settleLoad(record: VersionRecord, deadline: Deadline): Promise<void> {
    try {
      const loaded = await this.#hooks.load(record.found, deadline);
      record.loaded = loaded;
      this.#apply(record, "loaded");
      if (record.state === "draining") await this.#retire(record);
    } catch (thrown) {
      const { message, code } = PlatformError.from(thrown);
      record.reason = message;
      record.mayPass = code === "unavailable" || code === "resource_exhausted";
      this.#apply(record, "loadFailed");
    } finally {
      deadline.close();
      record.loading = undefined;
      this.reconcile();
    }
  }

  #unload(record: VersionRecord): void {
    const wasReady = record.state === "ready";
    this.#apply(record, "unload");
    record.loading?.end(new PlatformError("cancelled", "load cancelled: the version is no longer wanted"));
    // Reconciles when it is done and never rejects.
    if (wasReady) void this.#retire(record).finally(() => this.reconcile());
  }

  async #retire(record: VersionRecord): Promise<void> {
    try {
      await record.loaded?.retire();
    } catch (thrown) {
      record.reason = `unload: ${PlatformError.from(thrown).message}`;
    }
    record.loaded = undefined;
    this.#apply(record, "closed");
  }

  #apply(record: VersionRecord, event: LoadEvent): void {
    const next = TRANSITIONS[record.state][event];
    if (next === record.state) return;
    record.state = next;
    this.#serving = this.#choose();
    this.#hooks.onChange(statusOf(record));
  }

  #choose(): VersionRecord | undefined {
    const answers = this.#answers;
    if (answers === undefined) return this.#newest((r) => r.state === "ready");
    const chosen = this.#newest((r) => r.state === "ready" && r.found.version === answers);
    return chosen ?? (this.#serving?.state === "ready" ? this.#serving : undefined);
  }

  #newest(matches: (record: VersionRecord) => boolean): VersionRecord | undefined {
    let newest: VersionRecord | undefined;
    for (const r of this.#records) {
      if (!matches(r)) continue;
      if (
        !newest ||
        r.found.version > newest.found.version ||
        (r.found.version === newest.found.version && r.id > newest.id)
      ) {
        newest = r;
      }
    }
    return newest;
  }
}

/** Whether nothing of it is in memory, or on its way there. */
function isIdle({ state }: VersionRecord): boolean {
  return state === "unloaded" || state === "failed";
}

function statusOf({ found, state, reason, loaded }: VersionRecord): VersionStatus {
  const { model, version } = found;
  const unloaded = {
    model,
    version,
    state,
    digest: "",
    artifactBytes: 0,
    memoryBytes: 0,
    platform: platformOf(found.path),
  };
  return { ...(loaded?.status(state) ?? unloaded), ...(reason !== undefined && { reason }) };
}
