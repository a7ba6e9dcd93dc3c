import assert from "node:assert/strict";
import { after, afterEach } from "node:test";
import type { Database } from "../database/index.ts";
import type { Actor, AliasMoved, EndpointSpec, NewVersion, Registry } from "./contract.ts";
import { brokenInvariants } from "./inspect.ts";
import { openRegistry } from "./registry.ts";

/** Handles on one empty store, as two servers have them; where only one process can have it, both are one. */
export interface Handles {
  readonly first: Database;
  readonly second: Database;
  close(): Promise<void>;
}

/** A store for a test, with registries on both handles. */
export interface Scene {
  readonly database: Database;
  readonly registry: Registry;
  readonly other: Registry;
}

/** Tests of a registry by their titles; each gets a store of its own. */
export type RegistryTests = Readonly<Record<string, (scene: Scene) => Promise<void>>>;

/** Opens a store for each test and closes all of them in the end; every test must leave it with its invariants. */
export function scenes(open: () => Promise<Handles>): () => Promise<Scene> {
  const opened: Handles[] = [];
  afterEach(async () => {
    const last = opened.at(-1);
    if (last) assert.deepEqual(await brokenInvariants(last.first.kysely), []);
  });
  after(async () => {
    for (const handles of opened) await handles.close();
  });
  return async () => {
    const handles = await open();
    opened.push(handles);
    return {
      database: handles.first,
      registry: openRegistry({ database: handles.first }),
      other: openRegistry({ database: handles.second }),
    };
  };
}

export const alice: Actor = { id: "key:alice", requestId: "request-1" };

const digestOf = (n: number): string => n.toString(16).padStart(64, "0");

/** A version whose one file is told by its number. */
export function versionOf(model: string, file: number, more: Partial<NewVersion> = {}): NewVersion {
  return {
    model,
    files: [{ name: "model.onnx", digest: digestOf(file), bytes: file }],
    signature: {
      inputs: [{ name: "x", dtype: "FP32", shape: [-1, 4], symbols: ["N", undefined], batchAxis: 0 }],
      outputs: [{ name: "y", dtype: "INT64", shape: [-1], batchAxis: 0, labels: ["no", "yes"] }],
    },
    metrics: { auc: 0.83 },
    tags: {},
    lineage: {},
    ...more,
  };
}

/** An endpoint that divides its requests equally over targets. */
export const endpointOver = (...targets: readonly string[]): EndpointSpec => ({
  variants: targets.map((target, index) => ({ name: `v${index}`, target, weight: 1 })),
  salt: "",
});

/** Adds versions 1 to `count` of a model. */
export async function addVersions(registry: Registry, model: string, count: number): Promise<void> {
  for (let file = 1; file <= count; file += 1) await registry.addVersion(versionOf(model, file), alice);
}

/** Moves an alias forward. */
export const promote = (
  registry: Registry,
  model: string,
  version: number,
  alias = "champion",
): Promise<AliasMoved> => registry.moveAlias({ model, alias, version, kind: "promote" }, alice);

/** Moves an alias back. */
export const rollBack = (
  registry: Registry,
  model: string,
  version: number,
  alias = "champion",
): Promise<AliasMoved> => registry.moveAlias({ model, alias, version, kind: "rollback" }, alice);
