import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pack } from "tar-stream";
import { withDataFolder } from "../../../test/kit/registry-app.ts";
import { PlatformError, systemClock } from "../../base/index.ts";
import { openDatabase } from "../../database/index.ts";
import { type BlobStore, openRegistry, type VersionRecord } from "../../registry/index.ts";
import { blobName, HEAD_NAME, RECORDS_NAME } from "./layout.ts";
import { readArchive } from "./read-archive.ts";
import { writeArchive } from "./write-archive.ts";

const ACTOR = { id: "key:ab12cd34", requestId: "r1" };
const SIGNATURE = { inputs: [], outputs: [] };
const CONTENT = Buffer.from("the bytes of a model".repeat(10_000));
const DIGEST = createHash("sha256").update(CONTENT).digest("hex");

/** Files in memory. */
function memoryBlobs(
  files = new Map<string, Uint8Array>(),
): BlobStore & { readonly files: Map<string, Uint8Array> } {
  return {
    files,
    size: async (digest) => files.get(digest)?.length,
    put: async (digest, path) => void files.set(digest, readFileSync(path)),
    async *open(digest, offset = 0) {
      const bytes = files.get(digest);
      if (!bytes) throw new PlatformError("not_found", digest);
      for (let at = offset; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
    },
    touch: async () => {},
    delete: async (digest) => void files.delete(digest),
    async *list() {
      for (const [digest, { length: bytes }] of files) yield { digest, bytes, ageMs: 0 };
    },
  };
}

/** An archive of a registry with one model. */
async function backup(
  folder: string,
  files = [{ name: "model.onnx", digest: DIGEST, bytes: CONTENT.length }],
) {
  const database = await openDatabase({ file: join(folder, "from.db") });
  try {
    const registry = openRegistry({ database });
    const from = {
      model: "churn",
      signature: SIGNATURE,
      metrics: { auc: 0.8 },
      tags: {},
      lineage: {},
      files,
    };
    const { record } = await registry.addVersion(from, ACTOR);
    const blobs = memoryBlobs(new Map([[DIGEST, CONTENT]]));
    const parts: Uint8Array[] = [];
    for await (const part of writeArchive({ database, blobs, clock: systemClock })) parts.push(part);
    return { archive: Buffer.concat(parts), record, audit: await registry.audit({ limit: 10 }) };
  } finally {
    await database.close();
  }
}

async function* cut(bytes: Uint8Array, size = 10_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function target(folder: string, name = "to") {
  await mkdir(join(folder, name));
  const place = { file: join(folder, name, "sirve.db") };
  return { place, blobs: memoryBlobs(), folder: join(folder, name), maxFileBytes: 1 << 20 };
}

async function recordsIn(place: { readonly file: string }): Promise<{
  readonly models: number;
  readonly version: VersionRecord | undefined;
  readonly audit: unknown;
}> {
  const database = await openDatabase(place);
  try {
    const registry = openRegistry({ database });
    const { items } = await registry.listModels({ limit: 10 });
    const version = items.length > 0 ? await registry.version("churn", 1) : undefined;
    return { models: items.length, version, audit: await registry.audit({ limit: 10 }) };
  } finally {
    await database.close();
  }
}

test("what was backed up is restored: records, audit log and files", async () => {
  await withDataFolder(async (folder) => {
    const { archive, record, audit } = await backup(folder);
    const to = await target(folder);
    const { rows, ...restored } = await readArchive(cut(archive), to);
    assert.ok(rows > 3);
    assert.deepEqual([restored.files, restored.bytes], [1, CONTENT.length]);
    assert.deepEqual(Buffer.from(to.blobs.files.get(DIGEST) ?? []), CONTENT);
    const found = await recordsIn(to.place);
    assert.deepEqual(found.version, record);
    assert.deepEqual(found.audit, audit);
  });
});

test("an archive that was cut anywhere leaves no record", async () => {
  await withDataFolder(async (folder) => {
    const { archive } = await backup(folder);
    for (const [at, length] of [0, 100, 600, 1500, 4000, 20_000, archive.length - 2000].entries()) {
      const to = await target(folder, `cut-${at}`);
      await assert.rejects(readArchive(cut(archive.subarray(0, length)), to), { code: "invalid_argument" });
      assert.equal((await recordsIn(to.place)).models, 0);
    }
  });
});

test("a damaged file, or one that is missing, is told by its digest", async () => {
  await withDataFolder(async (folder) => {
    const { archive } = await backup(folder);
    const damaged = Buffer.from(archive);
    damaged[archive.length - 30_000] = 0;
    await assert.rejects(readArchive(cut(damaged), await target(folder)), {
      code: "invalid_argument",
      message: new RegExp(DIGEST),
    });
    const lost = [{ name: "model.onnx", digest: "0".repeat(64), bytes: 3 }];
    await withDataFolder(async (other) => {
      await assert.rejects(backup(other, lost), { code: "failed_precondition", message: /0{64} is gone/ });
    });
  });
});

test("a registry that is used is not overwritten", async () => {
  await withDataFolder(async (folder) => {
    const { archive } = await backup(folder);
    const to = await target(folder);
    await readArchive(cut(archive), to);
    await assert.rejects(readArchive(cut(archive), to), { code: "failed_precondition" });
    assert.equal((await recordsIn(to.place)).models, 1);
  });
});

/** The archive with another size in the header of an entry. */
function withSize(archive: Buffer, name: string, size: number): Buffer {
  const header = Buffer.from(archive).subarray(archive.indexOf(name)).subarray(0, 512);
  header.write(`${size.toString(8).padStart(11, "0")} `, 124, "latin1");
  header.write(" ".repeat(8), 148, "latin1");
  const sum = header.reduce((all, byte) => all + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return Buffer.concat([archive.subarray(0, archive.indexOf(name)), header]);
}

test("records larger than any are refused by what their entry says, before they come", async () => {
  await withDataFolder(async (folder) => {
    const archive = await packed([
      [HEAD_NAME, HEAD],
      [RECORDS_NAME, ""],
    ]);
    const to = await target(folder);
    await assert.rejects(readArchive(cut(withSize(archive, RECORDS_NAME, 2 ** 33 - 1)), to), {
      code: "invalid_argument",
      message: /records\.jsonl is 8589934591 bytes, expected at most/,
    });
    assert.equal((await recordsIn(to.place)).models, 0);
  });
});

test("a row longer than any is refused", async () => {
  await withDataFolder(async (folder) => {
    const row = `{"table":"models","row":{"name":"${"x".repeat(17 * 1024 * 1024)}"}}\n`;
    const archive = await packed([
      [HEAD_NAME, HEAD.replace('"rows":0', '"rows":1')],
      [RECORDS_NAME, row],
    ]);
    const to = await target(folder);
    await assert.rejects(readArchive(cut(archive, 1 << 20), to), {
      code: "invalid_argument",
      message: /a longer line, expected lines of at most/,
    });
    assert.equal((await recordsIn(to.place)).models, 0);
  });
});

/** An archive with these entries. */
async function packed(entries: readonly (readonly [name: string, content: string, type?: "symlink"])[]) {
  const archive = pack();
  for (const [name, content, type] of entries) {
    if (type) archive.entry({ name, type, linkname: "/etc/passwd" });
    else archive.entry({ name }, content);
  }
  archive.finalize();
  const parts: Uint8Array[] = [];
  for await (const part of archive as AsyncIterable<Uint8Array>) parts.push(part);
  return Buffer.concat(parts);
}

const HEAD = JSON.stringify({
  sirveBackup: 1,
  createdAt: "2026-11-26T12:00:00.000Z",
  records: { format: 1, storeId: "s", rows: 0 },
  files: { count: 0, bytes: 0 },
});

for (const [what, entries] of [
  ["another archive", [["readme.txt", "hello"]]],
  [
    "a path that climbs",
    [
      [HEAD_NAME, HEAD],
      ["../../etc/cron.d/x", "x"],
    ],
  ],
  [
    "a symbolic link",
    [
      [HEAD_NAME, HEAD],
      [RECORDS_NAME, "", "symlink"],
    ],
  ],
  [
    "a file in the place of another",
    [
      [HEAD_NAME, HEAD],
      [`blobs/ab/${DIGEST}`, "x"],
    ],
  ],
  [
    "a file with other bytes",
    [
      [HEAD_NAME, HEAD],
      [RECORDS_NAME, ""],
      [blobName(DIGEST), "x"],
    ],
  ],
  [
    "a record without an end",
    [
      [HEAD_NAME, HEAD],
      [RECORDS_NAME, `{"table":"models","row":"${"x".repeat(17 * 1024 * 1024)}"}`],
    ],
  ],
  ["no records", [[HEAD_NAME, HEAD]]],
  [
    "two records",
    [
      [HEAD_NAME, HEAD],
      [RECORDS_NAME, ""],
      [RECORDS_NAME, ""],
    ],
  ],
  [
    "fewer rows than it says",
    [
      [HEAD_NAME, HEAD.replace('"rows":0', '"rows":1')],
      [RECORDS_NAME, ""],
    ],
  ],
  [
    "a row of no table",
    [
      [HEAD_NAME, HEAD.replace('"rows":0', '"rows":1')],
      [RECORDS_NAME, '{"table":"x; drop table models","row":{}}\n'],
    ],
  ],
  ["a head that is no JSON", [[HEAD_NAME, "{"]]],
  ["an unknown format", [[HEAD_NAME, HEAD.replace('"sirveBackup":1', '"sirveBackup":2')]]],
] as const) {
  test(`an archive with ${what} is refused, and leaves no record`, async () => {
    await withDataFolder(async (folder) => {
      const to = await target(folder);
      await assert.rejects(readArchive(cut(await packed(entries)), to), { code: "invalid_argument" });
      assert.equal((await recordsIn(to.place)).models, 0);
    });
  });
}
