import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock } from "../../base/index.ts";
import { processEnvironmentOf } from "./child-environment.ts";
import { Environments } from "./environments.ts";
import { findInterpreter } from "./interpreter.ts";
import { removeTree } from "./private-folder.ts";
import { type Ended, runProgram } from "./run-program.ts";

export interface EnvironmentRunOptions {
  /** The Python that environments are made of. */
  readonly python: string;
  /** The server's environment: a few of its variables are passed on. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where environments are kept; undefined: until this has run. */
  readonly cacheDir: string | undefined;
  readonly buildTimeoutMs: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/**
 * Runs a Python program once, with packages of its own and a private folder as its home.
 *
 * @throws PlatformError `failed_precondition` if there is no Python, or the packages cannot be installed.
 */
export async function runInPythonEnvironment(
  { requirements, args }: { readonly requirements: string; readonly args: readonly string[] },
  { python, environment, cacheDir, buildTimeoutMs, timeoutMs, clock }: EnvironmentRunOptions,
): Promise<Ended> {
  const home = mkdtempSync(join(tmpdir(), "sirve-program-"));
  const folder = cacheDir === undefined ? join(home, "environments") : join(cacheDir, "python");
  const environments = new Environments({ folder, timeoutMs: buildTimeoutMs, environment, clock });
  try {
    writeFileSync(join(home, "requirements.txt"), requirements);
    const own = processEnvironmentOf(environment, home);
    const interpreter = await findInterpreter(python, own);
    const executable = await environments.pythonFor(home, interpreter);
    return await runProgram(executable, ["-B", "-s", ...args], { environment: own, timeoutMs, folder: home });
  } finally {
    environments.close();
    removeTree(home);
  }
}
