import { mkdir } from "node:fs/promises";
import type { Clock } from "../base/index.ts";
import type { Config } from "../config/index.ts";
import { type Database, type DatabasePlace, openDatabase, openDataDirectory } from "../database/index.ts";
import {
  type Artifacts,
  type Idempotency,
  openArtifacts,
  openIdempotency,
  openRegistry,
  type Registry,
  s3Blobs,
} from "../registry/index.ts";
import type { Logger } from "../telemetry/index.ts";
import { Closers } from "./closers.ts";
import { OrphanSweep } from "./orphan-sweep.ts";
import { dataDirectoryOf } from "./serving-mode.ts";

/** A registry that is open: its records and its files. */
export interface Store {
  readonly database: Database;
  readonly registry: Registry;
  readonly artifacts: Artifacts;
  readonly idempotency: Idempotency;
  /** Ends the sweep, closes the records, and lets the next process into the data directory, in this order. */
  close(): Promise<void>;
}

/**
 * Opens the registry of a configuration for this process alone.
 *
 * @throws PlatformError `failed_precondition` if another process has the data directory or a newer Sirve wrote
 *   the records; `unavailable` if the database does not answer.
 */
export async function openStore(config: Config, clock: Clock, logger: Logger): Promise<Store> {
  const closers = new Closers();
  try {
    const directory = openDataDirectory(dataDirectoryOf(config));
    closers.add(() => directory.close());
    const database = await openDatabase(placeOf(config, directory.databaseFile));
    closers.add(async () => database.close());
    const registry = openRegistry({ database, clock });
    const idempotency = openIdempotency({ database, clock, isAlone: database.kind === "sqlite" });
    closers.add(() => idempotency.close());
    const artifacts = await openFiles(config, directory.path, clock);
    const sweep = new OrphanSweep({ registry, artifacts, clock, logger });
    closers.add(async () => sweep.stop());
    return { database, registry, artifacts, idempotency, close: async () => closers.close() };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

/**
 * The files of versions of a configuration, in a data directory that this process holds.
 */
export async function openFiles(
  { artifacts: settings }: Config,
  directory: string,
  clock: Clock,
): Promise<Artifacts> {
  const {
    maxCacheBytes,
    maxUploadBytes,
    orphanHours,
    url,
    s3Endpoint: endpoint,
    s3Region: region,
  } = settings;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const elsewhere = url === "" ? {} : { blobs: await s3Blobs({ url, endpoint, region, clock }) };
  return await openArtifacts({ directory, ...elsewhere, maxCacheBytes, maxUploadBytes, orphanHours, clock });
}

/** Where the records lie. */
export const placeOf = ({ databaseUrl }: Config, file: string): DatabasePlace =>
  databaseUrl === "" ? { file } : { url: databaseUrl };
