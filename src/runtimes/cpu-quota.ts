import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

/** Reads a file of the kernel; undefined where there is none. */
export type ReadText = (path: string) => string | undefined;

/**
 * CPUs that this process may use: those it is allowed to run on, or fewer where its control group
 * has a smaller CPU quota. At least 1; a share of a CPU counts as a whole one.
 *
 * @see Linux, cgroup-v2.rst, "cpu.max"; cgroup-v1, sched-bwc.rst.
 */
export function cpuQuota(read: ReadText = readKernelFile, cpus: number = availableParallelism()): number {
  const quota = Math.min(quotaV2(read), quotaV1(read));
  return Math.max(1, Math.min(cpus, Math.ceil(quota)));
}

function readKernelFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** The smallest quota on the way from this process's group to the root. */
function quotaV2(read: ReadText): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (const folder of groupFolders(read, "", "/sys/fs/cgroup")) {
    const [quota = "max", period = "100000"] = (read(join(folder, "cpu.max")) ?? "").trim().split(/\s+/);
    smallest = Math.min(smallest, ratio(quota, period));
  }
  return smallest;
}

function quotaV1(read: ReadText): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (const root of ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"]) {
    for (const folder of groupFolders(read, "cpu", root)) {
      const quota = read(join(folder, "cpu.cfs_quota_us"))?.trim() ?? "";
      const period = read(join(folder, "cpu.cfs_period_us"))?.trim() ?? "";
      smallest = Math.min(smallest, ratio(quota, period));
    }
  }
  return smallest;
}

/** Folders of this process's group and its parents under `root`; inside a container the root is the group itself. */
function groupFolders(read: ReadText, controller: string, root: string): string[] {
  const line = (read("/proc/self/cgroup") ?? "").split("\n").find((text) => {
    const controllers = text.split(":")[1]?.split(",") ?? [];
    return controllers.includes(controller);
  });
  const parts = (line?.split(":").slice(2).join(":") ?? "/")
    .split("/")
    .filter((part) => part && part !== "..");
  return Array.from({ length: parts.length + 1 }, (_, depth) => join(root, ...parts.slice(0, depth)));
}

function ratio(quota: string, period: string): number {
  const value = Number(quota) / Number(period);
  return /^\d+$/.test(quota) && Number.isFinite(value) && value > 0 ? value : Number.POSITIVE_INFINITY;
}
