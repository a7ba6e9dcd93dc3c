import { existsSync } from "node:fs";
import { join } from "node:path";
import { PlatformError, systemClock } from "../../base/index.ts";
import type { Config } from "../../config/index.ts";
import { inspectDataDirectory, openDataDirectory, type StoreFinding } from "../../database/index.ts";
import { inspectRecords } from "../../registry/index.ts";
import { silentLogger } from "../../telemetry/index.ts";
import { dataDirectoryOf } from "../serving-mode.ts";
import { openFiles, openStore, placeOf } from "../store.ts";
import { inspectFiles } from "./inspect-files.ts";
import { type Restored, readArchive, removeSpools } from "./read-archive.ts";
import { writeArchive } from "./write-archive.ts";

/**
 * The backup of a registry on which no server runs.
 *
 * @throws PlatformError `failed_precondition` if a server runs on it.
 */
export async function* backupData(config: Config): AsyncGenerator<Uint8Array> {
  const store = await openStore(config, systemClock, silentLogger);
  try {
    const { database, artifacts } = store;
    yield* writeArchive({ database, blobs: artifacts.blobs, clock: systemClock });
  } finally {
    await store.close();
  }
}

/**
 * Restores a backup into an empty data directory, or an empty database.
 *
 * @throws PlatformError `failed_precondition` if something is there; `invalid_argument` if it is no whole backup.
 */
export async function restoreData(config: Config, archive: AsyncIterable<Uint8Array>): Promise<Restored> {
  const directory = openDataDirectory(dataDirectoryOf(config));
  try {
    if (config.databaseUrl === "" && existsSync(directory.databaseFile)) throw notEmpty(directory.path);
    await removeSpools(directory.path);
    const { blobs } = await openFiles(config, directory.path, systemClock);
    return await readArchive(archive, {
      place: placeOf(config, directory.databaseFile),
      blobs,
      folder: directory.path,
      maxFileBytes: config.artifacts.maxUploadBytes,
    });
  } finally {
    directory.close();
  }
}

/** Whether a registry is sound; a server may run on it. */
export async function inspectData(config: Config): Promise<readonly StoreFinding[]> {
  const directory = dataDirectoryOf(config);
  const file = join(directory, "sirve.db");
  const found = await inspectDataDirectory(directory);
  if (config.databaseUrl === "" && !existsSync(file)) return found;
  if (found.some(({ status }) => status === "fail")) return found;
  const place = placeOf(config, file);
  const files = config.artifacts.url === "" ? await inspectFiles(place, directory) : [];
  return [...found, ...(await inspectRecords(place)), ...files];
}

const notEmpty = (path: string): PlatformError =>
  new PlatformError("failed_precondition", `the data directory ${path} holds records already`, {
    field: "data",
    got: path,
    expected: "an empty directory",
    hint: "name another with --data: what is there is never overwritten",
  });
