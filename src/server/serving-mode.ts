import { join, resolve } from "node:path";
import { PlatformError } from "../base/index.ts";
import { type Config, cacheFolder, processEnvironment, settings } from "../config/index.ts";

/** Where the models come from. */
export type ServingMode = "folder" | "registry";

const DEFAULT_FOLDER = settings.find(({ key }) => key === "models")?.defaultValue;

/**
 * Whether a folder of models is served, or a registry.
 *
 * @throws PlatformError `invalid_argument` if both are asked for.
 */
export function servingMode({ data, databaseUrl, models }: Config): ServingMode {
  if (data === "" && databaseUrl === "") return "folder";
  if (models === DEFAULT_FOLDER) return "registry";
  throw new PlatformError(
    "invalid_argument",
    "a folder of models and a registry are given, expected one of them",
    {
      field: data === "" ? "databaseUrl" : "data",
      got: `the folder ${models} and ${data === "" ? "a database" : `the data directory ${data}`}`,
      expected: "one of them",
      hint: "sirve serve DIR serves a folder as it lies there; sirve serve --data DIR serves a registry, which sirve add fills",
    },
  );
}

/**
 * The directory of a registry on this machine: its data directory, or with everything in PostgreSQL and S3 a
 * folder of the user's cache.
 *
 * @throws PlatformError `invalid_argument` if files would have no place.
 */
export function dataDirectoryOf(config: Config): string {
  if (config.data !== "") return resolve(config.data);
  const cache = cacheFolder(config, processEnvironment());
  if (config.artifacts.url !== "" && cache !== undefined) return join(cache, "registry");
  throw new PlatformError("invalid_argument", "the records have a database, and the files have no place", {
    field: "data",
    got: "nothing",
    expected: "a directory, or artifacts.url (SIRVE_ARTIFACTS_URL=s3://bucket/prefix)",
    hint: "sirve serve --data DIR with SIRVE_DATABASE_URL keeps the files in DIR",
  });
}
