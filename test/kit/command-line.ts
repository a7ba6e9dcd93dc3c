import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What a run of the command line left. */
export interface Ran {
  /** Exit code; null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a run is started. */
export interface RunSettings {
  /** Standard input; nothing by default. */
  readonly input?: string | Uint8Array;
  /** Variables beside the ordinary ones; SIRVE_… of the surrounding process are not handed on. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** Starts `sirve …args` from source. */
export function startSirve(args: readonly string[], { env = {}, cwd }: RunSettings = {}): ChildProcess {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(SIRVE_|NODE_TEST|FORCE_COLOR)/.test(name),
  );
  return spawn(process.execPath, [MAIN, ...args], {
    env: { ...Object.fromEntries(inherited), NO_COLOR: "1", ...env },
    stdio: "pipe",
    ...(cwd !== undefined && { cwd }),
  });
}

/** Runs `sirve …args` from source to its end. */
export async function runSirve(args: readonly string[], settings: RunSettings = {}): Promise<Ran> {
  const child = startSirve(args, settings);
  child.stdin?.end(settings.input ?? "");
  return collect(child);
}

/** Everything a process writes, once it has ended. */
export async function collect(child: ChildProcess): Promise<Ran> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => err.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
}
