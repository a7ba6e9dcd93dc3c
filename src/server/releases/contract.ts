import type { Check, Difference, Promotion, ShadowReport } from "../../admin/index.ts";
import type { Deadline } from "../../base/index.ts";
import type { Actor, NewVersion, VersionRecord } from "../../registry/index.ts";

/** What is to be promoted. */
export interface PromoteRequest {
  readonly model: string;
  readonly version: number;
  readonly alias: string;
  /** Although signature or golden rows differ; it must load all the same. */
  readonly force: boolean;
  readonly reason?: string | undefined;
  /** If-Match: the model's revision that the caller saw. */
  readonly expectedRevision?: number | undefined;
}

export interface RollbackRequest {
  readonly model: string;
  readonly alias: string;
  /** Undefined: one step. */
  readonly to?: number | undefined;
  readonly reason?: string | undefined;
  readonly expectedRevision?: number | undefined;
}

export interface AddRequest extends Omit<NewVersion, "signature"> {
  /** Moved to the new version, as by {@link Releases.promote}. */
  readonly alias?: string | undefined;
}

/** Joins the registry with what this server has loaded: changes that must be right on both sides. */
export interface Releases {
  /**
   * Checks uploaded files (structure, manifest, a trial load with warm-up), then registers them: every
   * version of a registry has loaded once. Checks against the champion are made and told, no more.
   *
   * @throws PlatformError `failed_precondition` with the reason it does not load, or a file is not uploaded.
   */
  add(
    request: AddRequest,
    actor: Actor,
    deadline: Deadline,
  ): Promise<{
    readonly record: VersionRecord;
    readonly existed: boolean;
    readonly checks: readonly Check[];
  }>;
  check(model: string, version: number, alias: string, deadline: Deadline): Promise<readonly Check[]>;
  /** @throws PlatformError `failed_precondition`, listing the checks that failed; nothing has changed then. */
  promote(request: PromoteRequest, actor: Actor, deadline: Deadline): Promise<Promotion>;
  /** @throws PlatformError `failed_precondition` if there is nothing to go back to. */
  rollback(request: RollbackRequest, actor: Actor, deadline: Deadline): Promise<Promotion>;
  diff(model: string, from: number, to: number): Promise<readonly Difference[]>;
  /** Takes over what the registry says now; resolves once requests are routed by it. */
  sync(): Promise<void>;
  /** Who answered for an endpoint on this server since it was set. */
  answered(endpoint: string): readonly {
    readonly variant: string;
    readonly model: string;
    readonly version: number;
    readonly requests: number;
  }[];
  shadowReport(endpoint: string): ShadowReport | undefined;
}
