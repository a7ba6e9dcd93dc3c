import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { lockHolder } from "./lock-holder.ts";

const folder = mkdtempSync(join(tmpdir(), "sirve-lock-"));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, "lock.db");
writeFileSync(file, "");
const { ino } = statSync(file);

function holderBy(...lines: readonly string[]): number | undefined {
  const locks = join(folder, "locks");
  writeFileSync(locks, `${lines.join("\n")}\n`);
  return lockHolder(file, locks);
}

test("who holds a lock is known where the system says it without doubt", () => {
  const other = "1: FLOCK  ADVISORY  WRITE 7 fe:00:1 0 EOF";
  const lock = (pid: number, disk = "fe:00") =>
    `2: POSIX  ADVISORY  WRITE ${pid} ${disk}:${ino} 1073741824 1073742335`;
  assert.equal(holderBy(other, lock(15)), 15);
  assert.equal(holderBy(lock(15), lock(15)), 15);
  assert.equal(holderBy(lock(15), lock(16, "fe:01")), undefined);
  assert.equal(holderBy(lock(0)), undefined, "of another container");
  assert.equal(holderBy(other, "", "what is this"), undefined);
  assert.equal(lockHolder(file, join(folder, "none")), undefined);
  assert.equal(lockHolder(join(folder, "none")), undefined);
});
