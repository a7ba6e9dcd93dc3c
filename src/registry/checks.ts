import {
  ALIAS_RULE,
  isAliasName,
  isModelName,
  NAME_RULE,
  parseModelTarget,
  type Signature,
  TARGET_RULE,
} from "../model/index.ts";
import type { ArtifactFile, EndpointSpec, NewVersion, Page } from "./contract.ts";
import { invalid } from "./refusals.ts";

const FILE_NAME = /^(?!\.)[A-Za-z0-9._-]{1,128}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const MAX_FILES = 1000;
const MAX_PAGE = 1000;

/** The registry's own guard: the API checks too, but records are read back for years. */
function checkModelName(field: string, name: string): void {
  if (!isModelName(name)) throw invalid(field, name, NAME_RULE);
}

export function checkAliasName(alias: string): void {
  if (!isAliasName(alias)) throw invalid("alias", alias, ALIAS_RULE);
}

/** Whether it can be a version at all: databases refuse to compare with what is no 64-bit integer. */
export const isVersionNumber = (version: number): boolean => Number.isSafeInteger(version) && version > 0;

export function checkText(field: string, text: string): void {
  if (text.includes("\0")) throw invalid(field, text, "text without NUL");
}

export function checkTags(tags: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(tags)) {
    if (typeof value !== "string") throw invalid(`tags.${name}`, value, "text");
  }
}

/** @throws PlatformError `invalid_argument` for what is no new version, whatever the registry holds. */
export function checkNewVersion({ model, files, signature, metrics, tags, description }: NewVersion): void {
  checkModelName("model", model);
  checkFiles(files);
  checkSignature(signature);
  checkTags(tags);
  checkText("description", description ?? "");
  for (const [name, value] of Object.entries(metrics)) {
    if (!Number.isFinite(value)) throw invalid(`metrics.${name}`, value, "a finite number");
  }
}

function checkFiles(files: readonly ArtifactFile[]): void {
  if (files.length === 0 || files.length > MAX_FILES) {
    throw invalid("files", `${files.length} files`, `1 to ${MAX_FILES} files`);
  }
  const names = new Set<string>();
  for (const { name, digest, bytes } of files) {
    if (!FILE_NAME.test(name)) throw invalid("files.name", name, "a flat file name");
    if (names.has(name.toLowerCase())) throw invalid("files.name", name, "each name once, in any case");
    if (!SHA256.test(digest)) throw invalid(`files.${name}.digest`, digest, "a SHA-256 in lower-case hex");
    if (!Number.isSafeInteger(bytes) || bytes < 0) throw invalid(`files.${name}.bytes`, bytes, "a size");
    names.add(name.toLowerCase());
  }
}

function checkSignature({ inputs, outputs }: Signature): void {
  for (const [field, specs] of [
    ["signature.inputs", inputs],
    ["signature.outputs", outputs],
  ] as const) {
    const names = new Set(specs.map(({ name }) => name));
    if (names.size < specs.length) throw invalid(field, [...names], "each name once");
  }
}

/** @throws PlatformError `invalid_argument` for what is no endpoint, whatever the registry holds. */
export function checkEndpoint(name: string, { variants, shadow }: EndpointSpec): void {
  checkModelName("endpoint", name);
  if (variants.length === 0) throw invalid("variants", "empty", "one at least");
  if (new Set(variants.map((variant) => variant.name)).size < variants.length) {
    throw invalid("variants", variants.map((variant) => variant.name).join(", "), "each name once");
  }
  for (const { weight } of variants) {
    const isWeight = Number.isFinite(weight) && weight >= 0;
    if (!isWeight) throw invalid("variants.weight", weight, "a number from 0 on");
  }
  if (variants.every(({ weight }) => weight === 0)) throw invalid("variants.weight", 0, "one above 0");
  for (const { target } of shadow ? [...variants, shadow] : variants) {
    if (!parseModelTarget(target)) throw invalid("target", target, TARGET_RULE);
  }
}

/** @throws PlatformError `invalid_argument` for a page that is none. */
export function checkPage({ limit }: Page): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
    throw invalid("limit", limit, `1 to ${MAX_PAGE}`);
  }
}
