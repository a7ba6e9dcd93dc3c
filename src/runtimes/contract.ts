import type { Deadline } from "../base/index.ts";
import type { Manifest, RequestContext, Signature } from "../model/index.ts";
import type { ModelInfo } from "../onnx/index.ts";
import type { Tensors } from "../tensor/index.ts";

/** The files of one version, checked and digested before a runtime sees them. */
export interface Artifact {
  /** Absolute path of the model file. */
  readonly path: string;
  /** SHA-256 of the file, hex. */
  readonly digest: string;
  readonly bytes: number;
  readonly manifest: Manifest;
  /** What the check read in the file; runtimes that need it read the file again where it is missing. */
  readonly info?: ModelInfo;
}

/** How one kind of artifact computes: loads a version's files. */
export interface Runtime {
  /** Name in a manifest's `engine` field, in kebab case. */
  readonly name: string;
  /** Library and version, for `doctor`, metrics and the probe's cache key. */
  readonly engine: string;
  /** Runs that can be under way at once: the lanes. */
  readonly concurrency: number;

  /**
   * Loads the artifact off the event loop.
   *
   * @throws PlatformError `failed_precondition` if the file is not such an artifact or is refused,
   *   with a reason a user understands; the reason of `deadline` if it ends first.
   */
  load(artifact: Artifact, deadline: Deadline): Promise<Session>;

  /** Ends threads and processes. Called once, after every session is closed. */
  close(): Promise<void>;
}

/** One loaded version. The scheduler keeps at most `runtime.concurrency` runs under way over all sessions. */
export interface Session {
  readonly signature: Signature;
  /** Engine memory attributed to this session, in bytes. */
  readonly memoryBytes: number;
  /**
   * Whether two rows of one run give what they give alone, found by a probe at load;
   * "none" also where an input has no batch axis.
   */
  readonly rows: "independent" | "none";
  /** Why `rows` is "none", one short clause. */
  readonly rowsReason: string;
  /** Whether its runs are requests to other models of this server: they are neither tried nor measured at load. */
  readonly isComposed?: boolean;
  /** Why batches of changing sizes cost more than they save, one short clause; undefined where they do not. */
  readonly sizeCost?: string | undefined;
  /** Runs at once that it takes at the most; undefined: as many as there are lanes. */
  readonly maxRuns?: number | undefined;

  /**
   * Computes one batch: the parts' inputs joined on axis 0, in order. Every part fits the signature
   * and all have equal row keys; more than one part only if `rows` is "independent". The parts are
   * neither kept nor changed.
   */
  start(parts: readonly Tensors[], options?: RunOptions): Run;

  /**
   * The same on the calling thread, blocking it: only for versions whose full batch takes ≤ 0.2 ms.
   * Undefined where the engine cannot (child processes).
   *
   * @throws what {@link Run.done} would reject with.
   */
  readonly runInline?: (parts: readonly Tensors[], options?: RunOptions) => RunResult;

  /** Frees the memory. Called once, after the last run has ended. */
  close(): Promise<void>;
}

export interface RunOptions {
  /** Outputs to compute; undefined: all. */
  readonly outputs?: readonly string[] | undefined;
  /** The one request that it is for, where it is one: what the run asks of others counts as its own. */
  readonly context?: RequestContext | undefined;
  /** Clock time in milliseconds from which nobody waits for it; undefined or infinite: somebody always does. */
  readonly deadlineAt?: number | undefined;
}

/** A run under way. */
export interface Run {
  /**
   * @throws PlatformError `invalid_argument` or `internal` with the engine's message if the model
   *   fails on these inputs; `cancelled` after {@link Run.terminate}; `unavailable` if the
   *   engine's process died.
   */
  readonly done: Promise<RunResult>;
  /** Stops it as soon as the engine allows; `done` then rejects. */
  terminate(): void;
}

export interface RunResult {
  /** Outputs of the whole batch, in memory of their own. */
  readonly outputs: Tensors;
  /** CPU time of the run in its lane, copies included, in microseconds. */
  readonly cpuUs: number;
  /** Wall time of bringing the inputs in, of the run itself, and of bringing the outputs out, in microseconds. */
  readonly inputUs: number;
  readonly computeUs: number;
  readonly outputUs: number;
  /** Part of {@link cpuUs} that other processes of the server's used; undefined: none. */
  readonly elsewhereUs?: number;
  /** Bills of the requests that the run made itself, in microseconds of CPU; not part of {@link cpuUs}. */
  readonly billedUs?: number;
}
