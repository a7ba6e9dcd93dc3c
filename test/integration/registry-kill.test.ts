import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { inspectDatabase, openDatabase } from "../../src/database/index.ts";
import { killWhile } from "../kit/kill-registry.ts";

test("a process killed while it changes a registry leaves it whole, and what it answered stays", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "sirve-kill-"));
  t.after(() => rm(directory, { recursive: true }));
  const place = { file: join(directory, "sirve.db") };
  for (let round = 0; round < 12; round += 1) await killWhile({ place, round, after: "changing" });
  const findings = await inspectDatabase(place);
  assert.ok(
    findings.every(({ status }) => status === "ok"),
    JSON.stringify(findings),
  );
});

test("a process killed while it makes a registry leaves nothing, or all of it", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "sirve-kill-"));
  t.after(() => rm(directory, { recursive: true }));
  for (let round = 0; round < 8; round += 1) {
    const place = { file: join(directory, `${round}.db`) };
    await killWhile({ place, round, after: "opening" });
    await (await openDatabase(place)).close();
  }
});
