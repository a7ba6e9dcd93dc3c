import { basename, dirname, join } from "node:path";
import { type Clock, type Deadline, PlatformError } from "../../base/index.ts";
import type { Manifest, Signature } from "../../model/index.ts";
import type { Artifact, Runtime, Session } from "../contract.ts";
import { boundedRun, probeRows } from "../row-probe.ts";
import { adapterOf } from "./adapter.ts";
import { processEnvironmentOf } from "./child-environment.ts";
import { declaredSignature } from "./declared.ts";
import { Environments } from "./environments.ts";
import { findInterpreter, type Interpreter } from "./interpreter.ts";
import { PrivateFolder } from "./private-folder.ts";
import { ProcessPool } from "./process-pool.ts";
import { type GroupLimits, ProcessWatch } from "./process-watch.ts";
import { PythonProcess } from "./python-process.ts";
import { type Place, PythonSession, startRun } from "./session.ts";
import { SHARED_FOLDER } from "./shared-slot.ts";

export interface PythonRuntimeOptions {
  /** Calls that can be under way at once, over all versions. */
  readonly lanes: number;
  /** Whether code of users may run at all. */
  readonly allowCode: boolean;
  /** The Python that runs versions without packages of their own, and makes environments of those with. */
  readonly python: string;
  /** Longest that a version may take to load, in milliseconds. */
  readonly loadTimeoutMs: number;
  /** The server's environment: a few of its variables are passed on. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where environments are kept; undefined: as long as the runtime is open. */
  readonly cacheDir?: string;
  /** Longest that an environment may take to build, in milliseconds. */
  readonly buildTimeoutMs: number;
  /** Where what a version prints goes to. */
  readonly print: (text: string) => void;
  /** Where shared memory is; default: where Linux has it. */
  readonly sharedFolder?: string;
  readonly clock: Clock;
}

/** Processes of one version's process, itself counted, where the manifest says nothing. */
const MAX_PROCESSES = 32;

/** Python of the user's own, in processes. */
export function createPythonRuntime(options: PythonRuntimeOptions): Runtime {
  const runtime = new PythonRuntime(options);
  return {
    name: "python",
    engine: "python",
    concurrency: options.lanes,
    load: async (artifact, deadline) => runtime.load(artifact, deadline),
    close: async () => runtime.close(),
  };
}

class PythonRuntime {
  readonly #options: PythonRuntimeOptions;
  readonly #watch: ProcessWatch;
  /** Made when the first version loads: most servers have none. */
  #folder: PrivateFolder | undefined;
  #environments: Environments | undefined;
  #interpreter: Promise<Interpreter> | undefined;

  constructor(options: PythonRuntimeOptions) {
    this.#options = options;
    this.#watch = new ProcessWatch(options.clock);
  }

  async load(artifact: Artifact, deadline: Deadline): Promise<Session> {
    if (!this.#options.allowCode) throw notAllowed(basename(artifact.path));
    deadline.check();
    const start = await orDeadline(this.#starter(artifact), deadline);
    const first = start();
    const forget = deadline.onEnd((reason) => first.end(reason));
    const unwatch = this.#watch.add({ processes: [first], limits: limitsOf(artifact.manifest) });
    try {
      const signature = declaredSignature(await first.loaded().catch(diedLoading));
      return await this.#opened({ first, start, signature }, artifact.manifest);
    } catch (thrown) {
      first.end(PlatformError.from(thrown));
      await first.ended();
      throw thrown;
    } finally {
      forget();
      unwatch();
    }
  }

  close(): void {
    this.#environments?.close();
    this.#folder?.remove();
  }

  async #opened({ first, start, signature }: Opening, manifest: Manifest): Promise<Session> {
    const { lanes, clock } = this.#options;
    const size = Math.min(manifest.instances ?? lanes, lanes);
    const recycling = manifest.python;
    const pool = new ProcessPool({ size, start, clock }, first);
    const unwatch = this.#watch.add({ processes: pool.processes, limits: limitsOf(manifest) });
    try {
      const place: Place = { pool, signature, recycling };
      const { rows, rowsReason } = await probeRows(signature, manifest, (parts) =>
        boundedRun(startRun(place, parts), clock),
      );
      const facts = { signature, rows, rowsReason, memoryBytes: first.memoryBytes };
      return new PythonSession(facts, pool, recycling, unwatch);
    } catch (thrown) {
      unwatch();
      await pool.close();
      throw thrown;
    }
  }

  #environmentsIn(parent: PrivateFolder): Environments {
    const { cacheDir, buildTimeoutMs: timeoutMs, environment, clock } = this.#options;
    return (this.#environments ??= new Environments({
      folder: cacheDir === undefined ? parent.make() : join(cacheDir, "python"),
      timeoutMs,
      environment,
      clock,
    }));
  }

  async #python(): Promise<Interpreter> {
    const { python, environment } = this.#options;
    this.#interpreter ??= findInterpreter(python, environment);
    return await this.#interpreter.catch((thrown: unknown) => {
      this.#interpreter = undefined; // It may be installed meanwhile.
      throw thrown;
    });
  }

  /** Starts processes of one version. */
  async #starter({ path }: Artifact): Promise<() => PythonProcess> {
    const { environment, loadTimeoutMs, sharedFolder = SHARED_FOLDER, clock, print } = this.#options;
    const adapter = adapterOf(path);
    const folder = dirname(path);
    const parent = (this.#folder ??= new PrivateFolder());
    const executable = await this.#environmentsIn(parent).pythonFor(folder, await this.#python());
    return () => {
      const home = parent.make();
      const own = processEnvironmentOf(environment, home);
      const files = { home, folder, path, adapter };
      const plan = { executable, environment: own, ...files, loadTimeoutMs, sharedFolder };
      return new PythonProcess(plan, clock, print);
    };
  }
}

const limitsOf = ({ python }: Manifest): GroupLimits => ({
  ...python,
  maxProcesses: python.maxProcesses ?? MAX_PROCESSES,
});

/** What is being made goes on, perhaps for another version. @throws the deadline's reason, once it is over. */
async function orDeadline<T>(made: Promise<T>, deadline: Deadline): Promise<T> {
  const over = Promise.withResolvers<never>();
  const forget = deadline.onEnd(over.reject);
  try {
    return await Promise.race([made, over.promise]);
  } finally {
    forget();
  }
}

interface Opening {
  readonly first: PythonProcess;
  readonly start: () => PythonProcess;
  readonly signature: Signature;
}

/** Whoever adds a version that dies when it is loaded reads what it printed last; callers never do. */
function diedLoading(thrown: unknown): never {
  const error = PlatformError.from(thrown);
  if (error.code !== "unavailable" || !(error.cause instanceof Error)) throw error;
  throw new PlatformError("failed_precondition", error.message, {
    ...error.details,
    hint: error.cause.message,
    cause: error.cause,
  });
}

function notAllowed(name: string): PlatformError {
  return new PlatformError("failed_precondition", `this server runs no code of users: ${name} is code`, {
    field: "engine.allowCode",
    got: "false",
    expected: "true",
    hint: "start it with --engine-allow-code if you trust everyone who can add models: code may do what the server may",
  });
}
