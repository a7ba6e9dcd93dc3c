import { type Deadline, PlatformError, Waiters } from "../base/index.ts";
import { type ModelStatus, modelNotFound, type VersionStatus } from "../model/index.ts";
import type { FoundVersion } from "./folder.ts";
import type { LoadedVersion } from "./loaded-version.ts";
import { type LifecycleHooks, ModelLifecycle } from "./model-lifecycle.ts";
import type { VersionPolicy } from "./version-policy.ts";
import type { Look } from "./watcher.ts";

/** What a registry wants of one model on this server. */
export interface Placement {
  readonly versions: readonly FoundVersion[];
  /** The version that answers for the model's name; undefined: it has none. */
  readonly answers: number | undefined;
}

export interface ModelsOptions extends LifecycleHooks {
  /** What is served of each model in the folder; undefined: only what is asked for by name, as it was then. */
  readonly policy: VersionPolicy | undefined;
  /** What a load by name without a version takes. */
  readonly namedPolicy: VersionPolicy;
}

/** Every model of this server, by name. */
export class Models {
  readonly #options: ModelsOptions;
  readonly #models = new Map<string, ModelLifecycle>();
  readonly #asked = new Map<string, VersionPolicy>();
  #latest: Look = { whole: [], incomplete: [], problems: [], unreadable: new Set() };
  #looks = 0;
  #settled = false;
  #stopped = false;
  readonly #lookWaiters = new Waiters();

  constructor(options: ModelsOptions) {
    this.#options = options;
  }

  /** Takes over a look at the folder. Small models come first: they answer while large ones load. */
  apply(look: Look): void {
    this.isSettled(); // As it is before this look brings something new.
    this.#latest = look;
    this.#looks += 1;
    const sizes = new Map(look.whole.map(({ model, bytes }) => [model, bytes]));
    const bySize = look.whole.toSorted((a, b) => (sizes.get(a.model) ?? 0) - (sizes.get(b.model) ?? 0));
    const whole = Map.groupBy(bySize, ({ model }) => model);
    const incomplete = Map.groupBy(look.incomplete, ({ model }) => model);
    for (const name of new Set([...whole.keys(), ...incomplete.keys(), ...this.#models.keys()])) {
      this.#apply(name, whole.get(name) ?? [], incomplete.get(name) ?? []);
    }
    this.#lookWaiters.wake();
  }

  /** Takes over what a registry wants; models that it does not name go. */
  place(placements: ReadonlyMap<string, Placement>): void {
    this.isSettled(); // As it is before this brings something new.
    this.#looks = 2;
    for (const name of new Set([...placements.keys(), ...this.#models.keys()])) {
      const { versions = [], answers } = placements.get(name) ?? {};
      const model = this.#modelOf(name);
      model.place(this.#stopped ? [] : versions, answers);
      if (model.isGone()) this.#models.delete(name);
    }
    this.#lookWaiters.wake();
  }

  /** Tries again to load what failed for reasons that may have passed. */
  retryPassing(): void {
    for (const model of this.#models.values()) model.retryPassing();
  }

  /** Loads a version that nobody can ask: whoever tries it retires it. */
  async tryOut(found: FoundVersion, deadline: Deadline): Promise<LoadedVersion> {
    return await this.#options.load(found, deadline);
  }

  /** Waits until a version is ready. @throws PlatformError with the reason that it does not load. */
  async settled(name: string, version: number, deadline: Deadline): Promise<LoadedVersion> {
    for (;;) {
      const ready = this.ready(name, version);
      if (ready) return ready;
      deadline.check();
      const model = this.#models.get(name);
      if (!model?.isPending(version)) throw this.#notReady(name, version);
      await model.change(deadline);
    }
  }

  #apply(name: string, files: FoundVersion[], incomplete: readonly FoundVersion[]): void {
    const model = this.#modelOf(name);
    const writing = new Set(incomplete.map(({ version }) => version));
    if (this.#options.policy) model.update(files, writing);
    else model.note(files, writing);
    if (!model.isGone()) return;
    this.#models.delete(name);
    this.#asked.delete(name);
  }

  #modelOf(name: string): ModelLifecycle {
    let model = this.#models.get(name);
    if (!model) {
      model = new ModelLifecycle(name, this.#options);
      this.#models.set(name, model);
      model.want(this.#wanted(name));
    }
    return model;
  }

  #wanted(name: string): VersionPolicy | undefined {
    if (this.#stopped) return undefined;
    return this.#asked.get(name) ?? this.#options.policy;
  }

  /**
   * Holds the version that answers a request, waiting for one that is loading.
   *
   * @throws PlatformError `not_found`, `unavailable` with the reason, or that of `deadline`.
   */
  async acquire(name: string, version: number | undefined, deadline: Deadline): Promise<LoadedVersion> {
    for (;;) {
      const ready = this.#models.get(name)?.ready(version);
      if (ready) return ready.acquire();
      deadline.check();
      const model = this.#models.get(name);
      if (model?.isPending(version)) await model.change(deadline);
      else if (!this.#isLookedOver()) await this.#lookWaiters.next(deadline);
      else throw this.#notReady(name, version);
    }
  }

  /** The version that answers, if one is ready: {@link acquire} without waiting or holding. */
  ready(name: string, version?: number): LoadedVersion | undefined {
    return this.#models.get(name)?.ready(version);
  }

  /** @throws PlatformError `not_found` or `unavailable`, saying why no such version answers. */
  require(name: string, version?: number): LoadedVersion {
    const ready = this.ready(name, version);
    if (!ready) throw this.#notReady(name, version);
    return ready;
  }

  /**
   * Loads a model or one version by name and waits until it is ready.
   *
   * @throws PlatformError `not_found`, or `failed_precondition` with the reason it does not load.
   */
  async load(name: string, version: number | undefined, deadline: Deadline): Promise<ModelStatus> {
    const { whole, incomplete } = this.#latest;
    const present = [...whole, ...incomplete].filter((found) => found.model === name);
    if (present.length === 0) throw modelNotFound(name);
    const isThere = version === undefined || present.some((found) => found.version === version);
    if (!isThere) throw modelNotFound(name, version);
    this.#asked.set(
      name,
      version === undefined ? this.#options.namedPolicy : this.#withVersion(name, version),
    );
    const model = this.#modelOf(name);
    // Whoever asks by name says that the files are whole.
    model.update(present, new Set());
    model.want(this.#wanted(name));
    model.retry(version);
    model.reconcile();
    while (model.isPending(version)) await model.change(deadline);
    this.#checkLoaded(model.status(), version);
    return model.status();
  }

  #checkLoaded(status: ModelStatus, version: number | undefined): void {
    const candidates = status.versions.filter((v) => version === undefined || v.version === version);
    const failed = candidates.findLast((v) => v.state === "failed");
    if (!failed && candidates.some((v) => v.state === "ready")) return;
    const reason = failed?.reason ?? "no version is available";
    throw new PlatformError("failed_precondition", `failed to load '${status.model}': ${reason}`, {
      field: "model",
    });
  }

  /** What was asked for or is loaded, and one version more. */
  #withVersion(name: string, version: number): VersionPolicy {
    const asked = this.#asked.get(name);
    const others = asked?.kind === "specific" ? asked.versions : [];
    const loaded = this.#models.get(name)?.loaded() ?? [];
    const versions = new Set([...others, ...loaded.map(({ parts }) => parts.version), version]);
    return { kind: "specific", versions: [...versions] };
  }

  /** Drains and unloads a model, or one version, and waits until its memory is free. */
  async unload(name: string, version: number | undefined, deadline: Deadline): Promise<void> {
    const model = this.#existing(name);
    const loaded = model.status().versions.filter(isLoaded);
    const rest = loaded.map((v) => v.version).filter((v) => version !== undefined && v !== version);
    this.#asked.set(name, { kind: "specific", versions: rest });
    model.want(this.#wanted(name));
    while (model.isLeaving(version)) await model.change(deadline);
  }

  /** The files of a version, whether it is loaded or not. @throws PlatformError `not_found`. */
  found(name: string, version: number): FoundVersion {
    const found = this.#existing(name).found(version);
    if (!found) throw modelNotFound(name, version);
    return found;
  }

  list(): ModelStatus[] {
    return [...this.#models.values()]
      .map((model) => model.status())
      .toSorted((a, b) => (a.model < b.model ? -1 : 1));
  }

  /** Every version that is ready. */
  loaded(): LoadedVersion[] {
    return [...this.#models.values()].flatMap((model) => model.loaded());
  }

  /**
   * Whether the versions that lay there at the start are loaded or have failed. Once it is so, it stays
   * so: a model that comes later does not take the others off the air.
   */
  isSettled(): boolean {
    this.#settled ||= this.#isLookedOver() && [...this.#models.values()].every((model) => !model.isPending());
    return this.#settled;
  }

  /** Whether all that lay there at the start is known: young files are taken at the second look. */
  #isLookedOver(): boolean {
    return this.#looks > 1 || (this.#looks === 1 && this.#latest.incomplete.length === 0);
  }

  /** Unloads everything and waits for it. */
  async stop(deadline: Deadline): Promise<void> {
    this.#stopped = true;
    for (const model of this.#models.values()) model.want(undefined);
    for (const model of this.#models.values()) {
      const isBusy = () =>
        model.status().versions.some((v) => v.state !== "unloaded" && v.state !== "failed");
      while (isBusy()) await model.change(deadline);
    }
  }

  #existing(name: string): ModelLifecycle {
    const model = this.#models.get(name);
    if (!model) throw modelNotFound(name);
    return model;
  }

  #notReady(name: string, version: number | undefined): PlatformError {
    const status = this.#models.get(name)?.status();
    const candidates = status?.versions.filter((v) => version === undefined || v.version === version) ?? [];
    const best = candidates.findLast((v) => v.state !== "unloaded") ?? candidates.at(-1);
    if (!best) return modelNotFound(name, status ? version : undefined);
    const why = best.reason ? `${best.state}: ${best.reason}` : best.state;
    return new PlatformError("unavailable", `model '${name}' version ${best.version} is not ready (${why})`, {
      field: version === undefined ? "model" : "version",
      got: best.state,
      expected: "ready",
      hint: "GET /api/v1/models lists every version with its state and reason.",
      retryAfterMs: 1000,
    });
  }
}

const isLoaded = ({ state }: VersionStatus) => state === "ready" || state === "loading";
