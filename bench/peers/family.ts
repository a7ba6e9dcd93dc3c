import { readdirSync, readFileSync } from "node:fs";

/** The environment variable by which processes of one server are known, also those that left its tree. */
export const MARK = "PEERS_RUN_MARK";

const TICKS_PER_SECOND = 100;

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // The process has ended between two looks.
  }
}

const pids = () => readdirSync("/proc").filter((name) => /^\d+$/.test(name));

/** Every process that inherited `mark`, by its environment at start. */
export function family(mark: string): number[] {
  return pids()
    .filter((pid) => read(`/proc/${pid}/environ`).includes(`${MARK}=${mark}\0`))
    .map(Number);
}

/** CPU seconds, user and system, of every process with `mark` and of its ended children. */
export function familyCpuSeconds(mark: string): number {
  let ticks = 0;
  for (const pid of family(mark)) {
    const stat = read(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    for (const at of [11, 12, 13, 14]) ticks += Number(fields[at] ?? 0);
  }
  return ticks / TICKS_PER_SECOND;
}
