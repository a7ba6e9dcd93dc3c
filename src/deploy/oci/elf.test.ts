import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { PlatformError } from "../../base/index.ts";
import { elfNeeds } from "./elf.ts";

const folder = mkdtempSync(join(tmpdir(), "sirve-elf-"));
after(() => rmSync(folder, { recursive: true }));
const isLinux = process.platform === "linux";

test("this Node.js needs the C library, and names its loader", { skip: !isLinux }, () => {
  const needs = elfNeeds(process.execPath);
  assert.ok(needs?.libraries.includes("libc.so.6") ?? false, "no libc.so.6");
  assert.match(needs?.loader ?? "", /^\/lib.*ld-linux/);
});

test("what is no ELF file of 64 bits has no needs", () => {
  const path = join(folder, "text");
  for (const bytes of ["", "#!/bin/sh\n".repeat(20), "\u007fELF"]) {
    writeFileSync(path, bytes);
    assert.equal(elfNeeds(path), undefined);
  }
});

test("a damaged file is read in bounds, or refused", { skip: !isLinux }, () => {
  const head = readFileSync(process.execPath).subarray(0, 4096);
  const path = join(folder, "damaged");
  const change = fc.tuple(fc.nat(1023), fc.nat(255));
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 64, max: 4096 }),
      (all, end) => {
        const bytes = Buffer.from(head.subarray(0, end));
        for (const [at, value] of all) if (at > 5 && at < end) bytes[at] = value;
        writeFileSync(path, bytes);
        try {
          elfNeeds(path);
        } catch (thrown) {
          assert.ok(thrown instanceof PlatformError, String(thrown));
        }
      },
    ),
  );
});
