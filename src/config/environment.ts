import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Config } from "./schema.ts";
import type { Environment } from "./sources.ts";

/** The environment of this process: the one place that reads it. */
export function processEnvironment(): Environment {
  return process.env;
}

/**
 * The folder where this configuration keeps its cache, or undefined if it keeps none. The
 * default follows the XDG Base Directory Specification.
 */
export function cacheFolder(config: Config, env: Environment): string | undefined {
  const { cacheDir } = config.engine;
  if (cacheDir === "none") return undefined;
  if (cacheDir !== "") return resolve(cacheDir);
  const base = env["XDG_CACHE_HOME"];
  return join(base !== undefined && base.startsWith("/") ? base : join(homedir(), ".cache"), "sirve");
}
