import { PlatformError } from "../../base/index.ts";
import { runProgram } from "./run-program.ts";

/** A Python that is there. */
export interface Interpreter {
  /** Absolute, and no script that looks for another: those need the user's home. */
  readonly executable: string;
  /** Such as "CPython 3.11.7". */
  readonly version: string;
}

const QUESTION =
  "import sys, platform; print(sys.executable); print(platform.python_implementation(), platform.python_version(), platform.machine()); print('%d.%d' % sys.version_info[:2])";

/** The worker is written for it. */
const LEAST_MINOR = 9;
const ASK_MS = 30_000;

/** Asks the Python of `engine.python` what it is. @throws PlatformError `failed_precondition` if there is none. */
export async function findInterpreter(
  python: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Interpreter> {
  const { code, lines } = await runProgram(python, ["-c", QUESTION], {
    environment,
    timeoutMs: ASK_MS,
  }).catch((cause: unknown) => {
    throw noPython(python, cause);
  });
  const [executable, version, short] = lines.slice(-3);
  if (code !== 0 || !executable || !version || !short) throw noPython(python, new Error(lines.join("\n")));
  const [major, minor] = short.split(".").map(Number);
  if (major !== 3 || (minor ?? 0) < LEAST_MINOR) throw tooOld(python, version);
  return { executable, version };
}

function noPython(python: string, cause: unknown): PlatformError {
  return new PlatformError("failed_precondition", `the version needs Python, and "${python}" cannot be run`, {
    field: "engine.python",
    got: python,
    expected: "a Python of 3.9 or newer",
    hint: "install Python, or say where it is with --engine-python",
    cause,
  });
}

function tooOld(python: string, version: string): PlatformError {
  return new PlatformError("failed_precondition", `"${python}" is ${version}, too old for the worker`, {
    field: "engine.python",
    got: version,
    expected: "3.9 or newer",
    hint: "say where a newer one is with --engine-python",
  });
}
