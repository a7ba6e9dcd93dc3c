import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { PlatformError, systemClock } from "../../src/base/index.ts";
import { bytesOf, describeBlobStore } from "../../src/registry/artifacts/blob-store.suite.ts";
import { artifactDigest, type BlobStore, openArtifacts, s3Blobs } from "../../src/registry/index.ts";
import { ManualClock } from "../kit/manual-clock.ts";
import { needs } from "../kit/require.ts";
import { type Proxy, withProxy } from "../kit/toxiproxy.ts";

const endpoint = process.env["S3_ENDPOINT"] ?? "";
const skip = needs("s3") || needs("toxiproxy");
const bucket = `sirve-${randomBytes(4).toString("hex")}`;
const root = mkdtempSync(join(tmpdir(), "sirve-s3-"));
let scenes = 0;

const open = async (at = endpoint) => {
  scenes += 1;
  return s3Blobs({ url: `s3://${bucket}/${scenes}`, endpoint: at, region: "us-east-1", clock: systemClock });
};
const failsWith = (code: string) => (thrown: unknown) =>
  thrown instanceof PlatformError && thrown.code === code;
const digestOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

before(async () => {
  if (skip) return;
  const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
});
after(() => rmSync(root, { recursive: true }));
if (!skip) describeBlobStore("s3", async () => ({ blobs: await open(), folder: join(root, String(scenes)) }));

test("a bucket that is not there, and credentials that are refused, are said to be", { skip }, async () => {
  const none = await s3Blobs({
    url: "s3://no-such-bucket-here",
    endpoint,
    region: "us-east-1",
    clock: systemClock,
  });
  await assert.rejects(bytesOf(none.open("a".repeat(64))), failsWith("failed_precondition"));
  const known = process.env["AWS_SECRET_ACCESS_KEY"];
  process.env["AWS_SECRET_ACCESS_KEY"] = "wrong";
  try {
    const refused = await open();
    await assert.rejects(refused.size("a".repeat(64)), (thrown) => {
      assert.ok(!String(thrown).includes("wrong"));
      return failsWith("permission_denied")(thrown);
    });
  } finally {
    process.env["AWS_SECRET_ACCESS_KEY"] = known;
  }
});

const ageOf = async (blobs: BlobStore) => {
  for await (const { ageMs } of blobs.list()) return ageMs;
  throw new Error("the store is empty");
};

test("an old file that is needed again is made young, a young one is left alone", { skip }, async () => {
  const clock = new ManualClock();
  clock.advance(systemClock.now());
  scenes += 1;
  const url = `s3://${bucket}/${scenes}`;
  const blobs = await s3Blobs({ url, endpoint, region: "us-east-1", clock });
  const path = join(root, "aging");
  writeFileSync(path, "aging");
  const digest = digestOf(Buffer.from("aging"));
  await blobs.put(digest, path);
  const young = await ageOf(blobs);
  // Times of the store are whole seconds.
  await new Promise((resolve) => setTimeout(resolve, 2100));
  await blobs.touch(digest);
  assert.equal(await ageOf(blobs), young);
  clock.advance(2 * 3_600_000);
  await blobs.touch(digest);
  const older = await ageOf(blobs);
  assert.ok(older < young + 2 * 3_600_000, `${older} ms after ${young} ms`);
  assert.equal((await bytesOf(blobs.open(digest))).toString(), "aging");
});

/** Artifacts whose files lie behind a proxy, with one uploaded before anything goes wrong. */
async function behind(proxy: Proxy) {
  const blobs = await open(`http://127.0.0.1:${proxy.port}`);
  scenes += 1;
  const directory = join(root, `data-${scenes}`);
  const limits = { maxCacheBytes: 1e9, maxUploadBytes: 1e9, orphanHours: 24 };
  const artifacts = await openArtifacts({ directory, blobs, ...limits });
  const bytes = randomBytes(3_000_000);
  const digest = digestOf(bytes);
  await artifacts.upload(digest, 0, whole(bytes));
  const files = [{ name: "model.onnx", digest, bytes: bytes.length }];
  return { artifacts, directory, artifact: { digest: artifactDigest(files), files } };
}

async function* whole(bytes: Uint8Array) {
  yield bytes;
}

test("a store that is down is said to be, an upload to it goes on later, and it recovers by itself", {
  skip,
}, async () => {
  await withProxy(endpoint, async (proxy) => {
    const { artifacts, artifact, directory } = await behind(proxy);
    await proxy.down();
    await assert.rejects(artifacts.acquire(artifact), failsWith("unavailable"));
    assert.deepEqual(readdirSync(join(directory, "cache")), []);
    const more = randomBytes(1000);
    await assert.rejects(artifacts.upload(digestOf(more), 0, whole(more)), failsWith("unavailable"));
    await proxy.up();
    (await artifacts.acquire(artifact)).release();
    const { offset } = await artifacts.uploadStatus(digestOf(more));
    assert.equal(
      (await artifacts.upload(digestOf(more), offset, whole(more.subarray(offset)))).isComplete,
      true,
    );
  });
});

test("a download that is cut is an error and leaves nothing; a slow one comes whole", { skip }, async () => {
  await withProxy(endpoint, async (proxy) => {
    const { artifacts, artifact, directory } = await behind(proxy);
    await proxy.add("limit_data", { bytes: 1_000_000 });
    await assert.rejects(artifacts.acquire(artifact), failsWith("unavailable"));
    assert.deepEqual(readdirSync(join(directory, "cache")), []);
    await proxy.reset();
    await proxy.add("latency", { latency: 200, jitter: 50 });
    (await artifacts.acquire(artifact)).release();
  });
});

test("an upload that is cut on the way to the store is not there", { skip }, async () => {
  await withProxy(endpoint, async (proxy) => {
    const { artifacts } = await behind(proxy);
    const bytes = randomBytes(20 * 1024 * 1024);
    const digest = digestOf(bytes);
    await proxy.add("limit_data", { bytes: 1_000_000 }, "upstream");
    await assert.rejects(artifacts.upload(digest, 0, whole(bytes)), failsWith("unavailable"));
    await proxy.reset();
    assert.equal(await artifacts.blobs.size(digest), undefined);
  });
});
