import { createHash } from "node:crypto";
import { PlatformError } from "../base/index.ts";
import { settings } from "../config/index.ts";
import { engineOfFile, isHandler, mainFileOf } from "../model/index.ts";
import type { PackagedModel } from "./packaged-model.ts";
import { type Architecture } from "./platform.ts";
import type { Program } from "./program.ts";
import { shellWord } from "./quoting.ts";

/** What is packaged, and what its user may choose. */
export interface PackagePlan {
  /** Of image, service and unit: a DNS label. */
  readonly name: string;
  readonly tag: string;
  readonly models: readonly PackagedModel[];
  readonly program: Program;
  readonly architecture: Architecture;
  /** Settings of the server as environment variables. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Ports of every package; variables of the place where it runs change the first. */
export const HTTP_PORT = 8080;
/** gRPC. */
export const GRPC_PORT = 9000;
/** The user that serves: a number, so that a cluster can see that it is not root. */
export const USER_ID = 65_532;
/** Time for running requests to end after SIGTERM, by the server's default, in seconds. */
export const GRACE_SECONDS = 30;

/** The environment of every image: what an image is, said once. */
export const IMAGE_ENVIRONMENT: Readonly<Record<string, string>> = {
  NODE_ENV: "production",
  MALLOC_ARENA_MAX: "2",
  SIRVE_HTTP_HOST: "0.0.0.0",
  SIRVE_GRPC_HOST: "0.0.0.0",
  SIRVE_HTTP_ALLOWED_HOSTS: "*",
  SIRVE_INSECURE: "true",
  SIRVE_ENGINE_CACHE_DIR: "none",
};

/** Checks what the user chose. @throws PlatformError `invalid_argument` naming the field. */
export function makePlan(
  given: Omit<PackagePlan, "name" | "tag"> & { name?: string; tag?: string },
): PackagePlan {
  const [first] = given.models;
  if (first === undefined) throw invalid("model", "nothing", "at least one model");
  const name = given.name ?? labelOf(first.model);
  if (!/^[a-z]([a-z0-9-]{0,51}[a-z0-9])?$/.test(name)) {
    throw invalid("--name", name, "2 to 53 lower-case letters, digits or '-', the first a letter");
  }
  const tag = given.tag ?? tagOf(given.models);
  if (!/^[\w][\w.-]{0,127}$/.test(tag)) throw invalid("--tag", tag, "letters, digits, '.', '_' or '-'");
  refuseTwice(given.models);
  for (const key of Object.keys(given.environment)) checkVariable(key, given.environment[key] ?? "");
  const environment = { ...versionPolicy(given.models), ...codePolicy(given.models), ...given.environment };
  return { ...given, name, tag, environment };
}

/** A model's name as a DNS label. */
function labelOf(model: string): string {
  const label = model.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return (/^[a-z]/.test(label) ? label : `model-${label}`).slice(0, 53).replace(/-+$/, "");
}

/** One model: its version. Several: what tells this set of artifacts from others. */
function tagOf(models: readonly PackagedModel[]): string {
  const [only, ...others] = models;
  if (only !== undefined && others.length === 0) return String(only.version);
  const names = models.map(({ model, version, digest }) => `${model}@${version} ${digest}`).toSorted();
  return createHash("sha256").update(names.join("\n")).digest("hex").slice(0, 12);
}

/** A folder answers with the newest version only, unless told otherwise. */
function versionPolicy(models: readonly PackagedModel[]): Record<string, string> {
  const isOnce = new Set(models.map(({ model }) => model)).size === models.length;
  return isOnce ? {} : { SIRVE_VERSION_POLICY: "all" };
}

/** Whoever packages code of their own wants it to run. @throws PlatformError `invalid_argument` for code in Python. */
function codePolicy(models: readonly PackagedModel[]): Record<string, string> {
  const python = models.find(
    ({ files }) => engineOfFile(mainFileOf(files.map(({ name }) => name)) ?? "") === "python",
  );
  if (python !== undefined) throw noPython(python);
  const hasCode = models.some(({ files }) => files.some(({ name }) => isHandler(name)));
  return hasCode ? { SIRVE_ENGINE_ALLOW_CODE: "true" } : {};
}

/** Found out here, and not when the image starts. */
function noPython({ model, version }: PackagedModel): PlatformError {
  return new PlatformError("invalid_argument", `${model}@${version} needs Python, which images do not hold`, {
    field: "model",
    got: `${model}@${version}`,
    expected: "models, and handlers in TypeScript or JavaScript",
    hint: "serve it with `sirve serve` on a machine with Python, or in an image of your own that has it",
  });
}

function refuseTwice(models: readonly PackagedModel[]): void {
  const names = models.map(({ model, version }) => `${model}@${version}`);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw invalid("model", `${twice} twice`, "each version once");
}

const KNOWN = new Set(settings.map(({ env }) => env));

/** A mistyped setting would be packaged, and be found out in the place where it is to serve. */
function checkVariable(key: string, value: string): void {
  if (!KNOWN.has(key)) {
    throw invalid("--env", key, "a variable of docs/configuration.md, such as SIRVE_LOG_LEVEL");
  }
  // Refused here, and not by the one target that is written last.
  shellWord(value);
}

function invalid(field: string, got: string, expected: string): PlatformError {
  return new PlatformError("invalid_argument", `${field} cannot be packaged`, { field, got, expected });
}
