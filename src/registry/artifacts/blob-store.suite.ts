import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PlatformError } from "../../base/index.ts";
import type { BlobStore } from "../contract.ts";

export interface BlobStoreScene {
  readonly blobs: BlobStore;
  /** Where files may be put together before they are stored. */
  readonly folder: string;
}

const digestOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

export async function bytesOf(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

function file({ folder }: BlobStoreScene, bytes: Uint8Array): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, randomBytes(6).toString("hex"));
  writeFileSync(path, bytes);
  return path;
}

/** What every store of files must do. `scene` gives an empty one. */
export function describeBlobStore(name: string, scene: () => Promise<BlobStoreScene>): void {
  for (const [what, size] of [
    ["nothing", 0],
    ["a small", 1000],
    ["a large", 20 * 1024 * 1024 + 3],
  ] as const) {
    test(`${name}: ${what} file comes back whole, and from any byte on`, async () => {
      const made = await scene();
      const { blobs } = made;
      const bytes = randomBytes(size);
      const digest = digestOf(bytes);
      assert.equal(await blobs.size(digest), undefined);
      await blobs.put(digest, file(made, bytes));
      assert.equal(await blobs.size(digest), size);
      assert.ok((await bytesOf(blobs.open(digest))).equals(bytes));
      const at = Math.floor(size / 3);
      if (at > 0) assert.ok((await bytesOf(blobs.open(digest, at))).equals(bytes.subarray(at)));
    });
  }
  describeRefusals(name, scene);
}

function describeRefusals(name: string, scene: () => Promise<BlobStoreScene>): void {
  test(`${name}: keeping a file young that is there leaves it as it is, and one that is not there is no error`, async () => {
    const made = await scene();
    const bytes = randomBytes(1000);
    await made.blobs.put(digestOf(bytes), file(made, bytes));
    await made.blobs.touch(digestOf(bytes));
    assert.ok((await bytesOf(made.blobs.open(digestOf(bytes)))).equals(bytes));
    const missing = digestOf(Buffer.from("missing"));
    await made.blobs.touch(missing);
    assert.equal(await made.blobs.size(missing), undefined);
  });

  test(`${name}: a file whose SHA-256 is another is refused and not there`, async () => {
    const made = await scene();
    const digest = digestOf(Buffer.from("something else"));
    await assert.rejects(made.blobs.put(digest, file(made, Buffer.from("a"))), { code: "invalid_argument" });
    assert.equal(await made.blobs.size(digest), undefined);
  });

  test(`${name}: the same file twice is one, and a deleted one is gone`, async () => {
    const made = await scene();
    const bytes = randomBytes(100);
    const digest = digestOf(bytes);
    await made.blobs.put(digest, file(made, bytes));
    await made.blobs.put(digest, file(made, bytes));
    const listed: { digest: string; bytes: number; ageMs: number }[] = [];
    for await (const one of made.blobs.list()) listed.push(one);
    const mine = listed.filter((one) => one.digest === digest);
    assert.deepEqual(
      mine.map(({ bytes: size }) => size),
      [100],
    );
    assert.ok((mine[0]?.ageMs ?? Number.NaN) < 600_000);
    await made.blobs.delete(digest);
    await made.blobs.delete(digest);
    assert.equal(await made.blobs.size(digest), undefined);
    await assert.rejects(bytesOf(made.blobs.open(digest)), (thrown) => {
      return thrown instanceof PlatformError && thrown.code === "not_found";
    });
  });

  test(`${name}: what is no digest never becomes a place`, async () => {
    const made = await scene();
    for (const digest of ["../../etc/passwd", "", "A".repeat(64), `${"a".repeat(63)}/`]) {
      await assert.rejects(async () => made.blobs.size(digest), { code: "invalid_argument" });
      await assert.rejects(async () => made.blobs.put(digest, file(made, Buffer.from("a"))));
    }
    assert.equal(existsSync("etc"), false);
  });
}
