import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

const TICKS_PER_SECOND = 100;

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // The process has ended between two looks.
  }
}

function fieldsOf(pid: number): string[] {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** `pid` and everything that descends from it. */
function tree(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (/^\d+$/.test(name)) parents.set(Number(name), Number(fieldsOf(Number(name))[1]));
  }
  const family = [pid];
  for (const member of family) {
    for (const [child, parent] of parents) if (parent === member) family.push(child);
  }
  return family;
}

/** CPU seconds, user and system, that a process tree has used so far; ended children count. */
function cpuSeconds(pid: number): number {
  let ticks = 0;
  for (const member of tree(pid)) {
    const fields = fieldsOf(member);
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
    if (member === pid) ticks += Number(fields[13] ?? 0) + Number(fields[14] ?? 0);
  }
  return ticks / TICKS_PER_SECOND;
}

/** Nanosecond-exact CPU time of one process (not its children) where the kernel tells: sum over its threads. */
export function exactCpuSeconds(pid: number): number {
  let ns = 0;
  try {
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      ns += Number(read(`/proc/${pid}/task/${task}/schedstat`).split(" ")[0] ?? 0);
    }
  } catch {
    return Number.NaN;
  }
  return ns / 1e9;
}

/** Resident memory of a process in bytes. */
export function residentBytes(pid: number): number {
  return 1024 * Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? Number.NaN);
}

/** CPU seconds that the whole machine was busy so far. */
function busySeconds(): number {
  const fields = read("/proc/stat").split("\n")[0]?.trim().split(/\s+/).slice(1, 9).map(Number) ?? [];
  const total = fields.reduce((a, b) => a + b, 0);
  return (total - (fields[3] ?? 0) - (fields[4] ?? 0)) / TICKS_PER_SECOND;
}

/** Starts to watch what others use of the machine; the result tells their share of all CPUs since. */
export function watchForeign(own: readonly number[]): () => number {
  const ours = () => own.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const start = { at: performance.now(), busy: busySeconds(), ours: ours() };
  return () => {
    const seconds = (performance.now() - start.at) / 1000;
    const foreign = busySeconds() - start.busy - (ours() - start.ours);
    return Math.max(0, foreign / (seconds * availableParallelism()));
  };
}
