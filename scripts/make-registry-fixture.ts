// node scripts/make-registry-fixture.ts: stores a registry in the format of now, with what it holds, as
// test/artifacts/registry/format-N.db and .json; with DATABASE_URL also as format-N.sql, by pg_dump. Made once for
// each format, never again: it stands for stores that are out in the world.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, FORMAT, openDatabase } from "../src/database/index.ts";
import { openIdempotency, openRegistry, type Registry } from "../src/registry/index.ts";
import { freshPostgres } from "../test/kit/postgres.ts";
import { registrySnapshot } from "../test/kit/registry-snapshot.ts";

const actor = { id: "key:ab12cd34", requestId: "request-1" };
const target = join("test/artifacts/registry", `format-${FORMAT}`);

const digestOf = (n: number): string => n.toString(16).padStart(64, "0");

async function add(registry: Registry, model: string, file: number): Promise<void> {
  const files = [
    { name: "model.onnx", digest: digestOf(file), bytes: 1000 + file },
    { name: "golden.json", digest: digestOf(100 + file), bytes: 20 },
  ];
  const signature = {
    inputs: [{ name: "x", dtype: "FP32", shape: [-1, 4], symbols: ["N", undefined], batchAxis: 0 }],
    outputs: [{ name: "label", dtype: "INT64", shape: [-1], batchAxis: 0, labels: ["no", "yes"] }],
  } as const;
  const lineage = { data: "s3://bucket/data", code: "abc123", run: "run-1", parent: 1 };
  const tags = { team: "risk" };
  await registry.addVersion(
    { model, files, signature, metrics: { auc: 0.8 + file / 100 }, tags, lineage },
    actor,
  );
}

/** One of everything, deleted things included. */
async function fill(database: Database): Promise<void> {
  const registry = openRegistry({ database });
  for (const file of [1, 2, 3, 4]) await add(registry, "churn", file);
  await registry.changeModel(
    "churn",
    { description: "Who leaves", tags: { team: "risk" } },
    undefined,
    actor,
  );
  const move = (alias: string, version: number, kind: "promote" | "rollback" = "promote") =>
    registry.moveAlias(
      { model: "churn", alias, version, kind, reason: "better", details: { force: false } },
      actor,
    );
  for (const version of [2, 3, 2]) await move("champion", version);
  await move("champion", 3, "rollback");
  await move("challenger", 2);
  await registry.deleteVersion("churn", 4, actor);
  await registry.setTags("churn", 2, { reviewed: "yes" }, actor);
  await add(registry, "gone", 9);
  await registry.deleteModel("gone", { force: true }, actor);
  const variants = [
    { name: "a", target: "churn", weight: 90 },
    { name: "b", target: "churn@challenger", weight: 10 },
  ];
  const shadow = { target: "churn@1", percent: 50, maxConcurrency: 4, tolerance: 0.001 };
  await registry.setEndpoint("shop", { variants, shadow, splitKey: "x-user", salt: "s" }, {}, actor);
  await registry.setEndpoint("old", { variants, salt: "" }, {}, actor);
  await registry.deleteEndpoint("old", undefined, actor);
}

/** An idempotency key with its answer, an API key with its use. */
async function fillKeys(database: Database): Promise<void> {
  const keys = openIdempotency({ database });
  await keys.begin("key:ab12cd34:k1", digestOf(7));
  await keys.finish("key:ab12cd34:k1", 201, '{"version":1}');
  keys.close();
  await database.kysely
    .insertInto("keys")
    .values({
      id: "ab12cd34",
      name: "the shop",
      hash: digestOf(8),
      previous_hash: null,
      previous_until: null,
      role: "releaser",
      models: '["churn","shop"]',
      expires_at: null,
      requests_per_second: 2.5,
      requests_per_day: 1_000_000,
      created_at: "2026-11-26T12:00:00.000Z",
      created_by: "",
      revoked_at: null,
      last_used_at: null,
    })
    .execute();
  await database.kysely
    .insertInto("key_usage")
    .values({ key_id: "ab12cd34", day: "2026-11-26", requests: 3 })
    .execute();
}

async function save(database: Database, snapshot: string): Promise<void> {
  await fill(database);
  await fillKeys(database);
  writeFileSync(snapshot, `${JSON.stringify(await registrySnapshot(database), undefined, 1)}\n`);
  await database.close();
}

if (!existsSync(`${target}.db`)) {
  const directory = mkdtempSync(join(tmpdir(), "sirve-fixture-"));
  const file = join(directory, "sirve.db");
  await save(await openDatabase({ file }), `${target}.json`);
  renameSync(file, `${target}.db`);
  rmSync(directory, { recursive: true });
}
if (process.env["DATABASE_URL"] && !existsSync(`${target}.sql`)) {
  const postgres = await freshPostgres();
  await save(await openDatabase(postgres), `${target}.sql.json`);
  const dump = execFileSync("pg_dump", ["--inserts", "--no-owner", postgres.url], { encoding: "utf8" });
  await postgres.drop();
  // Only SQL: comments and the commands of psql are left out.
  const lines = dump.split("\n").filter((line) => line !== "" && !/^(?:--|\\)/.test(line));
  writeFileSync(`${target}.sql`, `${lines.join("\n")}\n`);
}
