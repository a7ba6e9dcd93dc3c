import assert from "node:assert/strict";
import { test } from "node:test";
import { lanesFinding } from "./engine.ts";
import { nodeFinding, platformFinding } from "./machine.ts";

test("Node.js from 22.22 on is new enough", () => {
  const table = { "22.22.0": "ok", "22.21.9": "fail", "24.0.0": "ok", "26.10.0": "ok", "20.19.0": "fail" };
  for (const [version, status] of Object.entries(table)) {
    assert.equal(nodeFinding(version).status, status, version);
  }
});

test("Linux with glibc is supported, macOS is for development, the rest is told what to do", () => {
  const table: [platform: string, arch: string, glibc: string | undefined, status: string][] = [
    ["linux", "x64", "2.36", "ok"],
    ["linux", "arm64", "2.36", "ok"],
    ["linux", "x64", undefined, "fail"],
    ["linux", "riscv64", "2.36", "fail"],
    ["darwin", "arm64", undefined, "warn"],
    ["darwin", "x64", undefined, "fail"],
    ["win32", "x64", undefined, "fail"],
  ];
  for (const [platform, arch, glibc, status] of table) {
    const finding = platformFinding(platform, arch, glibc);
    assert.equal(finding.status, status, `${platform} ${arch}`);
    assert.equal(finding.remedy === undefined, status === "ok");
  }
  assert.match(platformFinding("win32", "x64", undefined).remedy ?? "", /WSL2/);
});

test("more lanes than CPUs are warned about", () => {
  assert.equal(lanesFinding(2, 2).status, "ok");
  assert.equal(lanesFinding(3, 2).status, "warn");
});
