import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, PlatformError } from "../../base/index.ts";
import { builderMark, holdLock, isGone } from "./build-lock.ts";
import { installerEnvironmentOf } from "./child-environment.ts";
import { buildTimeout, installFailed } from "./install-failure.ts";
import type { Interpreter } from "./interpreter.ts";
import { removeTree } from "./private-folder.ts";
import { runProgram } from "./run-program.ts";

export interface EnvironmentsOptions {
  /** Where environments are kept. */
  readonly folder: string;
  /** Longest that one may take to build, in milliseconds. */
  readonly timeoutMs: number;
  /** The server's environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

const REQUIREMENTS = "requirements.txt";
/** A list of packages is no larger. */
const MAX_REQUIREMENTS = 1024 * 1024;

/** Python environments by what is installed in them: each is built once, by one builder, and then never changed. */
export class Environments {
  readonly #options: EnvironmentsOptions;
  readonly #building = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();

  constructor(options: EnvironmentsOptions) {
    this.#options = options;
  }

  /**
   * The Python that has what the `requirements.txt` of a version's folder says; the interpreter itself where there
   * is none.
   *
   * @throws PlatformError `failed_precondition` with what the installer said.
   */
  async pythonFor(versionFolder: string, interpreter: Interpreter): Promise<string> {
    const text = await readFile(join(versionFolder, REQUIREMENTS)).catch(() => undefined);
    if (text === undefined) return interpreter.executable;
    if (text.length > MAX_REQUIREMENTS) throw tooLong(text.length);
    const { executable, version } = interpreter;
    const hash = createHash("sha256").update(`${executable}\n${version}\n`).update(text);
    const target = join(this.#options.folder, hash.digest("hex").slice(0, 32));
    const python = join(target, "bin", "python");
    if (existsSync(python)) return python;
    const building = this.#building.get(target) ?? this.#build(target, versionFolder, interpreter);
    this.#building.set(target, building);
    try {
      await building;
    } finally {
      this.#building.delete(target);
    }
    return python;
  }

  /** Stops what is being built. */
  close(): void {
    this.#stop.abort();
  }

  async #build(target: string, versionFolder: string, { executable }: Interpreter): Promise<void> {
    const isDone = () => existsSync(join(target, "bin", "python")) || this.#stop.signal.aborted;
    mkdirSync(this.#options.folder, { recursive: true, mode: 0o700 });
    const giveBack = await holdLock(`${target}.lock`, isDone, this.#options.clock);
    try {
      if (isDone()) return;
      this.#removeStale();
      const draft = `${target}.draft ${builderMark()} ${randomUUID().slice(0, 8)}`;
      try {
        await this.#install(draft, versionFolder, executable);
        if (isDone()) return; // Another was faster: the lock may have been taken over.
        // One whose Python has been uninstalled is in the way.
        removeTree(target);
        renameSync(draft, target);
      } finally {
        removeTree(draft);
      }
    } finally {
      giveBack();
    }
  }

  async #install(draft: string, versionFolder: string, executable: string): Promise<void> {
    const python = join(draft, "bin", "python");
    if (await this.#hasUv()) {
      await this.#run("uv", ["venv", "--quiet", "--python", executable, draft], versionFolder);
      const args = ["pip", "install", "--compile-bytecode", "--python", python, "-r", REQUIREMENTS];
      await this.#run("uv", args, versionFolder);
      return;
    }
    await this.#run(executable, ["-m", "venv", draft], versionFolder);
    await this.#run(python, ["-m", "pip", "install", "-r", REQUIREMENTS], versionFolder);
  }

  async #run(program: string, args: readonly string[], folder: string): Promise<void> {
    const { timeoutMs } = this.#options;
    const environment = installerEnvironmentOf(this.#options.environment);
    const { signal } = this.#stop;
    const { code, lines, isTimeout } = await runProgram(program, args, {
      environment,
      timeoutMs,
      folder,
      signal,
    });
    if (signal.aborted) throw new PlatformError("unavailable", "the engine is closed");
    if (isTimeout) throw buildTimeout(timeoutMs, lines);
    if (code !== 0) throw installFailed(lines);
  }

  async #hasUv(): Promise<boolean> {
    const environment = installerEnvironmentOf(this.#options.environment);
    const asked = runProgram("uv", ["--version"], { environment, timeoutMs: this.#options.timeoutMs });
    return await asked.then(
      ({ code }) => code === 0,
      () => false,
    );
  }

  /** Drafts of builders that were killed. */
  #removeStale(): void {
    for (const name of readdirSync(this.#options.folder)) {
      const [, mark] = /\.draft (\d+ \d*) /.exec(name) ?? [];
      if (mark !== undefined && isGone(mark)) removeTree(join(this.#options.folder, name));
    }
  }
}

function tooLong(got: number): PlatformError {
  return new PlatformError("failed_precondition", `${REQUIREMENTS} is too long`, {
    field: REQUIREMENTS,
    got: `${got} bytes`,
    expected: `${MAX_REQUIREMENTS} bytes at the most`,
  });
}
