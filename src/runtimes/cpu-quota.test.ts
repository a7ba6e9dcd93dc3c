import assert from "node:assert/strict";
import { test } from "node:test";
import { cpuQuota } from "./cpu-quota.ts";

const files = (map: Record<string, string>) => (path: string) =>
  Object.hasOwn(map, path) ? map[path] : undefined;

test("a cgroup v2 quota of one and a half CPUs gives two lanes", () => {
  const read = files({ "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "150000 100000\n" });
  assert.equal(cpuQuota(read, 16), 2);
});

test("the tightest group on the way to the root counts", () => {
  const read = files({
    "/proc/self/cgroup": "0::/kubepods/pod1/box\n",
    "/sys/fs/cgroup/kubepods/pod1/box/cpu.max": "max 100000\n",
    "/sys/fs/cgroup/kubepods/pod1/cpu.max": "300000 100000\n",
    "/sys/fs/cgroup/kubepods/cpu.max": "800000 100000\n",
  });
  assert.equal(cpuQuota(read, 16), 3);
});

test("cgroup v1 is read where it is in use", () => {
  const read = files({
    "/proc/self/cgroup": "4:cpu,cpuacct:/docker/abc\n0::/\n",
    "/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us": "50000\n",
    "/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us": "100000\n",
    "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
    "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
  });
  assert.equal(cpuQuota(read, 8), 1);
});

test("without a quota, and with unreadable or odd files, all CPUs count", () => {
  assert.equal(cpuQuota(files({}), 6), 6);
  const odd = { "/proc/self/cgroup": "nonsense", "/sys/fs/cgroup/cpu.max": "max 100000\n" };
  assert.equal(cpuQuota(files(odd), 6), 6);
  assert.equal(cpuQuota(files({ ...odd, "/sys/fs/cgroup/cpu.max": "0 0" }), 6), 6);
});

test("this machine has at least one", () => assert.ok(cpuQuota() >= 1));
