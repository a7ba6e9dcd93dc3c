import { execFile } from "node:child_process";
import { promisify } from "node:util";

const start = promisify(execFile);
const LIMIT_MS = 300_000;

/**
 * What a program printed; it is ended after five minutes. `command` is split at its spaces, `more` are further arguments.
 *
 * @throws Error with both streams if it fails.
 */
export async function run(command: string, more: readonly string[] = []): Promise<string> {
  const [program = "", ...first] = command.split(" ");
  const args = [...first, ...more];
  try {
    const { stdout } = await start(program, args, { timeout: LIMIT_MS, maxBuffer: 64 * 1024 * 1024 });
    return stdout.trim();
  } catch (thrown) {
    const { stdout = "", stderr = "", message } = thrown as Error & { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(" ")}: ${message}\n${stdout}\n${stderr}`, { cause: thrown });
  }
}

/** Runs the built command line. */
export const sirve = async (...args: string[]): Promise<string> =>
  run(process.execPath, ["dist/cli/main.js", ...args]);
