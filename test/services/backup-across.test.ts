import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { createClient } from "../../src/client/index.ts";
import { runSirve } from "../kit/command-line.ts";
import { freshPostgres } from "../kit/postgres.ts";
import { addNoted, startRegistry } from "../kit/registry-process.ts";
import { needs } from "../kit/require.ts";

const skip = needs("postgres") || needs("s3");
const MODEL = "echo";
const folder = mkdtempSync(join(tmpdir(), "sirve-across-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Where a registry keeps records and files: variables of the server and of the command line. */
type Place = Readonly<Record<string, string>>;

async function newBucket(): Promise<string> {
  const bucket = `sirve-${randomBytes(4).toString("hex")}`;
  const client = new S3Client({
    endpoint: process.env["S3_ENDPOINT"] ?? "",
    region: "us-east-1",
    forcePathStyle: true,
  });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  return bucket;
}

/** Everything that a registry tells, without what belongs to the server that tells it. */
async function toldBy(data: string, env: Place): Promise<unknown> {
  const server = await startRegistry(data, [], env);
  try {
    const client = createClient({ url: server.url });
    const params = { model: MODEL };
    const { versions } = await client.admin.listVersions({ params });
    const { aliases } = await client.admin.listAliases({ params });
    const { entries } = await client.admin.listAudit({ query: { limit: 100 } });
    const { endpoints } = await client.admin.listEndpoints({});
    const x = { name: "x", datatype: "FP32", shape: [1, 2], data: Float32Array.of(1.5, -2) } as const;
    const { version, outputs } = await client.infer("shop", { inputs: [x] });

    return {
      versions,
      aliases,
      entries,
      endpoints: endpoints.map(({ endpoint, variants }) => [endpoint, variants]),
      version,
      y: [...outputs],
    };
  } finally {
    await server.stop();
  }
}

async function sirve(env: Place, ...args: string[]): Promise<void> {
  const { code, stderr } = await runSirve(args, { env });
  assert.equal(code, 0, stderr);
}

test("a backup moves a registry from SQLite and a folder to PostgreSQL and S3, and back, with everything it told", {
  skip,
}, async (t) => {
  const postgres = await freshPostgres();
  t.after(() => postgres.drop());
  const elsewhere = {
    SIRVE_DATABASE_URL: postgres.url,
    SIRVE_ARTIFACTS_URL: `s3://${await newBucket()}/models`,
    SIRVE_ARTIFACTS_S3_ENDPOINT: process.env["S3_ENDPOINT"] ?? "",
    SIRVE_ARTIFACTS_S3_REGION: "us-east-1",
  };
  const at = (name: string) => join(folder, name);
  for (const name of ["here", "there", "back"]) mkdirSync(at(name));
  const server = await startRegistry(at("here"));
  try {
    const client = createClient({ url: server.url });
    for (const note of ["one", "two", "three"]) await addNoted(client, MODEL, note);
    await client.admin.promote({ params: { model: MODEL }, body: { version: 2, reason: "better" } });
    const variants = [{ name: "now", target: `${MODEL}@2`, weight: 1 }];
    await client.admin.setEndpoint({ params: { endpoint: "shop" }, body: { variants } });
  } finally {
    await server.stop();
  }
  const told = await toldBy(at("here"), {});
  await sirve({}, "backup", at("first.tar"), "--data", at("here"));
  await sirve(elsewhere, "restore", at("first.tar"), "--data", at("there"));
  assert.deepEqual(await toldBy(at("there"), elsewhere), told);
  await sirve(elsewhere, "backup", at("second.tar"), "--data", at("there"));
  await sirve({}, "restore", at("second.tar"), "--data", at("back"));
  assert.deepEqual(await toldBy(at("back"), {}), told);
});
