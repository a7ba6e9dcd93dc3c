import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { artifactDigest } from "../artifact-digest.ts";
import { openArtifacts } from "./artifacts.ts";
import { bytesOf } from "./blob-store.suite.ts";

const root = mkdtempSync(join(tmpdir(), "sirve-artifacts-"));
after(() => rmSync(root, { recursive: true }));
let opened = 0;

async function open(more: Partial<Parameters<typeof openArtifacts>[0]> = {}) {
  opened += 1;
  const directory = join(root, String(opened));
  const limits = { maxCacheBytes: 1e9, maxUploadBytes: 1e6, orphanHours: 24 };
  return { directory, artifacts: await openArtifacts({ directory, ...limits, ...more }) };
}

const digestOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function* inParts(bytes: Uint8Array, part = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += part) yield bytes.subarray(at, at + part);
}

/** Some parts, and then the connection breaks. */
async function* cut(bytes: Uint8Array, at: number): AsyncGenerator<Uint8Array> {
  yield* inParts(bytes.subarray(0, at));
  throw new Error("the connection broke");
}

type Opened = Awaited<ReturnType<typeof open>>["artifacts"];

/** Uploads files and names them as a version does. */
async function artifactOf(artifacts: Opened, contents: Readonly<Record<string, Uint8Array>>) {
  const files = [];
  for (const [name, bytes] of Object.entries(contents)) {
    const digest = digestOf(bytes);
    await artifacts.upload(digest, 0, inParts(bytes));
    files.push({ name, digest, bytes: bytes.length });
  }
  return { digest: artifactDigest(files), files };
}

test("an upload that is cut at any bytes goes on where it stands, and ends as the same file", async () => {
  const { artifacts } = await open();
  const cuts = fc.array(fc.nat({ max: 4999 }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 5000 }), cuts, async (bytes, places) => {
      const digest = digestOf(bytes);
      await artifacts.blobs.delete(digest);
      for (const place of places.toSorted((a, b) => a - b)) {
        const { offset } = await artifacts.uploadStatus(digest);
        if (place <= offset || place >= bytes.length) continue;
        await assert.rejects(artifacts.upload(digest, offset, cut(bytes.subarray(offset), place - offset)));
        assert.deepEqual(await artifacts.uploadStatus(digest), { offset: place, isComplete: false });
      }
      const { offset } = await artifacts.uploadStatus(digest);
      const done = await artifacts.upload(digest, offset, inParts(bytes.subarray(offset)));
      assert.deepEqual(done, { offset: bytes.length, isComplete: true });
      assert.ok((await bytesOf(artifacts.blobs.open(digest))).equals(bytes));
    }),
    { numRuns: 30 },
  );
});

test("an upload at another place, with other bytes, too large, or beside another is refused", async () => {
  const { artifacts, directory } = await open();
  const bytes = randomBytes(3000);
  const digest = digestOf(bytes);
  await assert.rejects(artifacts.upload(digest, 5, inParts(bytes)), { code: "failed_precondition" });
  await assert.rejects(artifacts.upload(digest, 0, inParts(randomBytes(3000))), { code: "invalid_argument" });
  assert.deepEqual(await artifacts.uploadStatus(digest), { offset: 0, isComplete: false });
  await assert.rejects(artifacts.upload(digest, 0, inParts(randomBytes(1_000_001), 100_000)), {
    code: "too_large",
  });
  const { promise: gate, resolve: go } = Promise.withResolvers<void>();
  async function* slow() {
    yield bytes.subarray(0, 1000);
    await gate;
    yield bytes.subarray(1000);
  }
  const first = artifacts.upload(digest, 0, slow());
  await assert.rejects(artifacts.upload(digest, 0, inParts(bytes)), { code: "unavailable" });
  go();
  assert.equal((await first).isComplete, true);
  assert.deepEqual(readdirSync(join(directory, "uploads")), []);
  assert.equal((await artifacts.upload(digest, 0, inParts(bytes))).isComplete, true);
});

test("a held artifact lies in a folder with exactly its files; two who want it share one", async () => {
  const { artifacts } = await open();
  const contents = { "model.onnx": randomBytes(5000), "labels.txt": Buffer.from("a\nb") };
  const artifact = await artifactOf(artifacts, contents);
  const told: number[] = [];
  const [one, two] = await Promise.all([
    artifacts.acquire(artifact, (done) => told.push(done)),
    artifacts.acquire(artifact),
  ]);
  assert.equal(one.directory, two.directory);
  assert.deepEqual(readdirSync(one.directory).toSorted(), ["labels.txt", "model.onnx"]);
  assert.ok(readFileSync(join(one.directory, "model.onnx")).equals(contents["model.onnx"]));
  assert.equal(told.at(-1), 5003);
  one.release();
  two.release();
});

test("folders that nobody holds go when the cache is full, the least recently used first", async () => {
  const { artifacts } = await open({ maxCacheBytes: 2500 });
  const [a, b, c] = [
    await artifactOf(artifacts, { "model.onnx": randomBytes(1000) }),
    await artifactOf(artifacts, { "model.onnx": randomBytes(1000) }),
    await artifactOf(artifacts, { "model.onnx": randomBytes(1000) }),
  ];
  const held = await artifacts.acquire(a);
  const idle = await artifacts.acquire(b);
  idle.release();
  utimesSync(held.directory, 1, 1);
  const last = await artifacts.acquire(c);
  assert.deepEqual(
    [held, idle, last].map(({ directory }) => existsSync(directory)),
    [true, false, true],
  );
  last.release();
  held.release();
});

test("what is wanted while the cache is being emptied is whole all the same", async () => {
  const { artifacts, directory } = await open({ maxCacheBytes: 0 });
  const artifact = await artifactOf(artifacts, { "model.onnx": randomBytes(20) });
  const referenced = new Set(artifact.files.map(({ digest }) => digest));
  for (let round = 0; round < 200; round += 1) {
    (await artifacts.acquire(artifact)).release();
    const emptying = artifacts.sweep(referenced);
    // Each time at another moment of it.
    for (let turn = 0; turn < round % 20; turn += 1) await new Promise(setImmediate);
    const held = await artifacts.acquire(artifact);
    await emptying;
    assert.deepEqual(readdirSync(held.directory), ["model.onnx"]);
    held.release();
  }
  const left = readdirSync(join(directory, "cache"));
  assert.ok(left.length <= 1, String(left));
});

test("a folder that was damaged is made anew, and what an earlier process had begun is removed", async () => {
  const { artifacts, directory } = await open();
  const artifact = await artifactOf(artifacts, { "model.onnx": randomBytes(1000) });
  const held = await artifacts.acquire(artifact);
  held.release();
  writeFileSync(join(held.directory, "model.onnx"), "cut");
  const again = await artifacts.acquire(artifact);
  assert.equal(readFileSync(join(again.directory, "model.onnx")).length, 1000);
  writeFileSync(join(directory, "cache", ".draft-1"), "");
  const limits = { maxCacheBytes: 1e9, maxUploadBytes: 1e6, orphanHours: 24 };
  const next = await openArtifacts({ directory, ...limits });
  assert.deepEqual(readdirSync(join(directory, "cache")), [artifact.digest]);
  (await next.acquire(artifact)).release();
});

test("a file that is damaged in the store is not served", async () => {
  const { artifacts, directory } = await open();
  const artifact = await artifactOf(artifacts, { "model.onnx": randomBytes(1000) });
  const digest = artifact.files[0]?.digest ?? "";
  writeFileSync(join(directory, "blobs", digest.slice(0, 2), digest), randomBytes(1000));
  await assert.rejects(artifacts.acquire(artifact), { code: "invalid_argument" });
  assert.deepEqual(readdirSync(join(directory, "cache")), []);
});

test("a sweep removes what nothing names and is old, and never what is held", async () => {
  const { artifacts, directory } = await open();
  const kept = await artifactOf(artifacts, { "model.onnx": randomBytes(10) });
  const held = await artifactOf(artifacts, { "model.onnx": randomBytes(20) });
  const old = await artifactOf(artifacts, { "model.onnx": randomBytes(30) });
  const young = await artifactOf(artifacts, { "model.onnx": randomBytes(40) });
  const digests = [kept, held, old, young].map(({ files }) => files[0]?.digest ?? "");
  for (const digest of digests.slice(0, 3)) {
    utimesSync(join(directory, "blobs", digest.slice(0, 2), digest), 1, 1);
  }
  const holding = await artifacts.acquire(held);
  await assert.rejects(artifacts.upload(digestOf(randomBytes(1)), 0, cut(randomBytes(100), 50)));
  const [part = ""] = readdirSync(join(directory, "uploads"));
  utimesSync(join(directory, "uploads", part), 1, 1);
  const freed = await artifacts.sweep(new Set([digests[0] ?? ""]));
  assert.deepEqual(freed, { files: 1, bytes: 30 + 50 });
  const sizes = await Promise.all(digests.map(async (digest) => artifacts.blobs.size(digest)));
  assert.deepEqual(sizes, [10, 20, undefined, 40]);
  holding.release();
});
