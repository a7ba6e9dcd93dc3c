import type { Signature } from "../model/index.ts";

/** Who changes something, for the audit log. */
export interface Actor {
  readonly id: string;
  readonly requestId: string;
  /** Of a request with an idempotency key: the same for each of its repetitions, and for no other. */
  readonly once?: string | undefined;
}

export interface ArtifactFile {
  readonly name: string;
  /** SHA-256, hex. */
  readonly digest: string;
  readonly bytes: number;
}

export interface Lineage {
  readonly data?: string | undefined;
  readonly code?: string | undefined;
  readonly run?: string | undefined;
  readonly parent?: number | undefined;
}

export interface VersionRecord {
  readonly model: string;
  readonly version: number;
  /** SHA-256 of the artifact, see {@link artifactDigest}. */
  readonly digest: string;
  readonly files: readonly ArtifactFile[];
  readonly bytes: number;
  readonly signature: Signature;
  readonly metrics: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly lineage: Lineage;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly aliases: readonly string[];
}

export interface AliasRecord {
  readonly alias: string;
  readonly version: number;
  /** Where it stood before, last first; at most 100. */
  readonly previous: readonly number[];
  readonly movedAt: string;
  readonly movedBy: string;
}

export interface ModelRecord {
  readonly model: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly aliases: readonly AliasRecord[];
  readonly createdAt: string;
  readonly revision: number;
}

export interface Variant {
  readonly name: string;
  /** "churn", "churn@challenger", "churn@7" */
  readonly target: string;
  readonly weight: number;
}

export interface Shadow {
  readonly target: string;
  readonly percent: number;
  readonly maxConcurrency: number;
  readonly tolerance: number;
}

export interface EndpointSpec {
  readonly variants: readonly Variant[];
  readonly shadow?: Shadow | undefined;
  readonly splitKey?: string | undefined;
  readonly salt: string;
}

export interface EndpointRecord extends EndpointSpec {
  readonly endpoint: string;
  readonly revision: number;
  readonly changedAt: string;
  readonly changedBy: string;
}

export interface AuditEntry {
  /** Grows by commit order on one store; also the id of the event. */
  readonly id: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly model: string;
  readonly requestId: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface Page {
  readonly limit: number;
  readonly after?: string | undefined;
}

export interface Paged<T> {
  readonly items: readonly T[];
  /** `after` of the following page. */
  readonly next?: string | undefined;
}

export interface NewVersion {
  readonly model: string;
  readonly files: readonly ArtifactFile[];
  readonly signature: Signature;
  readonly metrics: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly lineage: Lineage;
  readonly description?: string | undefined;
}

export interface AliasMove {
  readonly model: string;
  readonly alias: string;
  readonly version: number;
  /** "promote" keeps where the alias stood; "rollback" forgets what it leaves. */
  readonly kind: "promote" | "rollback";
  /** If-Match: the model's revision that the caller saw. */
  readonly expectedRevision?: number | undefined;
  readonly reason?: string | undefined;
  /** For the audit log: forced, checks. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

export interface AliasMoved {
  readonly alias: AliasRecord;
  /** The version that it stood on; undefined: it is new. */
  readonly from: number | undefined;
  readonly revision: number;
}

/** All that a server must know to serve: read in one transaction. */
export interface RegistryState {
  /** The id of the last change that it contains. */
  readonly changeId: number;
  readonly models: readonly ModelRecord[];
  /** Versions that an alias stands on, the step before of each champion, and what endpoints name. */
  readonly versions: readonly VersionRecord[];
  readonly endpoints: readonly EndpointRecord[];
}

/** Something that was done and leaves the records as they are. */
export interface Deed {
  readonly action: "loadtest.run";
  readonly model: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * The record of models, versions, aliases and endpoints, and who moved what. Every change is one
 * transaction together with its line in the audit log: it is whole or has not happened. Invariants:
 * a model with versions has exactly one champion; a number is never given twice; an alias or endpoint
 * never names what is not there; what is added is immutable but for tags.
 *
 * Errors: `not_found`; `already_exists`; `failed_precondition` (what serves is not deleted, with the
 * reason); `aborted` when `expectedRevision` is not the revision in force.
 */
export interface Registry {
  listModels(page: Page): Promise<Paged<ModelRecord>>;
  model(name: string): Promise<ModelRecord>;
  changeModel(
    name: string,
    change: {
      readonly description?: string | undefined;
      readonly tags?: Readonly<Record<string, string>> | undefined;
    },
    expectedRevision: number | undefined,
    actor: Actor,
  ): Promise<ModelRecord>;
  deleteModel(
    name: string,
    options: { readonly force: boolean; readonly expectedRevision?: number | undefined },
    actor: Actor,
  ): Promise<void>;

  /**
   * Adds a version with the next number. The first of a model becomes its champion. The same artifact
   * again gives the version that has it, and `existed`.
   */
  addVersion(
    version: NewVersion,
    actor: Actor,
  ): Promise<{ readonly record: VersionRecord; readonly existed: boolean }>;
  version(model: string, version: number): Promise<VersionRecord>;
  listVersions(model: string, page: Page): Promise<Paged<VersionRecord>>;
  setTags(
    model: string,
    version: number,
    tags: Readonly<Record<string, string>>,
    actor: Actor,
  ): Promise<VersionRecord>;
  deleteVersion(model: string, version: number, actor: Actor): Promise<void>;

  moveAlias(move: AliasMove, actor: Actor): Promise<AliasMoved>;
  deleteAlias(
    model: string,
    alias: string,
    expectedRevision: number | undefined,
    actor: Actor,
  ): Promise<void>;

  listEndpoints(page: Page): Promise<Paged<EndpointRecord>>;
  endpoint(name: string): Promise<EndpointRecord>;
  setEndpoint(
    name: string,
    spec: EndpointSpec,
    options: { readonly expectedRevision?: number | undefined; readonly reason?: string | undefined },
    actor: Actor,
  ): Promise<EndpointRecord>;
  deleteEndpoint(name: string, expectedRevision: number | undefined, actor: Actor): Promise<void>;

  /** Writes down what was done with a model that its records do not show. @returns the entry's id. */
  note(deed: Deed, actor: Actor): Promise<number>;
  /** Newest first. */
  audit(
    page: Page & { readonly model?: string | undefined; readonly action?: string | undefined },
  ): Promise<Paged<AuditEntry>>;
  /** Changes after this id, oldest first, at most `limit`. */
  changesAfter(id: number, limit: number): Promise<readonly AuditEntry[]>;
  /** The id of the last change; 0 before the first. Cheap: servers ask it again and again. */
  lastChangeId(): Promise<number>;
  state(): Promise<RegistryState>;
  /** Digests of every file that a version has, for the sweep of orphans. */
  referencedDigests(): Promise<ReadonlySet<string>>;
}

/** Where files lie by their SHA-256: a folder, or a bucket. */
export interface BlobStore {
  /** Size in bytes, or undefined if it is not there. */
  size(digest: string): Promise<number | undefined>;
  /**
   * Takes a file over from `path`, which is on this machine and is gone or unchanged afterwards. It is
   * there whole or not at all, whatever ends the process.
   *
   * @throws PlatformError `invalid_argument` if its SHA-256 is another.
   */
  put(digest: string, path: string): Promise<void>;
  /** Its bytes from `offset` on. @throws PlatformError `not_found`. */
  open(digest: string, offset?: number): AsyncIterable<Uint8Array>;
  delete(digest: string): Promise<void>;
  /** Makes a file young again, if it is there: it is about to be named, and a sweep under way leaves the young. */
  touch(digest: string): Promise<void>;
  /** Every file with its age, for the sweep of orphans. */
  list(): AsyncIterable<{ readonly digest: string; readonly bytes: number; readonly ageMs: number }>;
}

/** How much of a file has come. */
export interface UploadStatus {
  /** Bytes that are kept: an interrupted upload goes on here. */
  readonly offset: number;
  /** Whether it is whole, its SHA-256 right, and it lies in the store. */
  readonly isComplete: boolean;
}

/** The files of versions: how they come in, where they lie, and the folders that are served from. */
export interface Artifacts {
  readonly blobs: BlobStore;
  uploadStatus(digest: string): Promise<UploadStatus>;
  /**
   * Takes bytes of a file from `offset` on. What came before a break is kept for `orphanHours`. One
   * writer at a time for each digest.
   *
   * @throws PlatformError `failed_precondition` if `offset` is not where it stands, `invalid_argument`
   *   if it is whole and its SHA-256 is another (it is thrown away then), `too_large`,
   *   `unavailable` if the same file is being sent by another, `disk_full`.
   */
  upload(digest: string, offset: number, bytes: AsyncIterable<Uint8Array>): Promise<UploadStatus>;
  /**
   * A folder with exactly these files, which stays until it is released. Files that are not on this
   * machine are fetched, with progress told to `onProgress`; two who want the same share one fetch.
   */
  acquire(
    artifact: Pick<VersionRecord, "digest" | "files">,
    onProgress?: (doneBytes: number, allBytes: number) => void,
  ): Promise<HeldArtifact>;
  /** Removes files, uploads and folders that nothing names and that are old enough; returns what was freed. */
  sweep(referenced: ReadonlySet<string>): Promise<{ readonly files: number; readonly bytes: number }>;
}

export interface HeldArtifact {
  readonly directory: string;
  /** Called once: the cache may remove the folder from then on. */
  release(): void;
}
