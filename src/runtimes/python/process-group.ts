import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";

/** Processes that a process leads, and the memory that all of them hold. */
export interface GroupUse {
  processes: number;
  memoryBytes: number;
}

/** Linux counts memory in pages, of this size on every machine that we build for. */
const PAGE_BYTES = 4096;
// Places in /proc/<pid>/stat after the name, which may hold anything.
const GROUP = 2;
const START_TIME = 19;
const RESIDENT_PAGES = 21;

/** What each process group uses, by its leader's process id; empty where there is no /proc. */
export async function groupUses(): Promise<Map<number, GroupUse>> {
  const uses = new Map<number, GroupUse>();
  const names = await readdir("/proc").catch(() => []);
  for (const name of names) {
    if (!/^\d+$/.test(name)) continue;
    // Gone between two looks, perhaps.
    const fields = fieldsOf(await readFile(`/proc/${name}/stat`, "utf8").catch(() => ""));
    const use = uses.get(Number(fields[GROUP])) ?? { processes: 0, memoryBytes: 0 };
    use.processes += 1;
    use.memoryBytes += Number(fields[RESIDENT_PAGES] ?? 0) * PAGE_BYTES;
    uses.set(Number(fields[GROUP]), use);
  }
  return uses;
}

/** Memory that a process holds; 0 where it cannot be told. */
export function residentBytes(pid: number): number {
  return Number(statOf(pid)[RESIDENT_PAGES] ?? 0) * PAGE_BYTES;
}

/** When a process began, in ticks since the machine started: with its id, what tells it from others. "" if it is gone. */
export function startTime(pid: number): string {
  return statOf(pid)[START_TIME] ?? "";
}

/** Whether the process of this id that began then runs still; where a start cannot be told, any process of the id. */
export function isRunning(pid: number, started: string): boolean {
  if (startTime(process.pid) !== "") return started !== "" && startTime(pid) === started;
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    // It is another user's.
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
}

/** Processes and threads of the whole machine: a sign that someone has started many. 0 where it cannot be told. */
export function tasksOfMachine(): number {
  return Number(/\/(\d+) /.exec(read("/proc/loadavg"))?.[1] ?? 0);
}

const statOf = (pid: number) => fieldsOf(read(`/proc/${pid}/stat`));

const fieldsOf = (stat: string) => stat.slice(stat.lastIndexOf(")") + 2).split(" ");

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
