import { readdirSync, readFileSync } from "node:fs";

/** Processes that a process has started, whose command line matches. Linux only. */
export function childProcesses(parent: number, command: RegExp): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent && command.test(commandOf(pid)));
}

function parentOf(pid: number): number | undefined {
  const text = read(`/proc/${pid}/stat`);
  // The second field, a name in brackets, may hold anything.
  return text === undefined ? undefined : Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1]);
}

const commandOf = (pid: number): string => (read(`/proc/${pid}/cmdline`) ?? "").replaceAll("\0", " ");

/** Undefined if the process is gone. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
