import { JsonSpan, type PlatformError, type SpannedJson } from "../../base/index.ts";
import { jsonFault } from "./refusal.ts";

/** A JSON object whose "data" arrays are spans. */
export type JsonObject = { readonly [key: string]: SpannedJson };

/** Whether a value is a JSON object. */
export function isJsonObject(value: SpannedJson | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof JsonSpan);
}

/** A member that must be there. @throws PlatformError with the contract's words. */
export function requiredField(object: JsonObject, key: string): SpannedJson {
  const value = object[key];
  if (value === undefined) {
    throw jsonFault(`Unable to parse '${key}': attempt to access non-existing object member '${key}'`, {
      field: key,
    });
  }
  return value;
}

/** @throws PlatformError unless the value is a string. */
export function asString(value: SpannedJson, key: string): string {
  if (typeof value === "string") return value;
  throw wrongKind(key, "non-string as string");
}

/** @throws PlatformError unless the value is a boolean. */
export function asBoolean(value: SpannedJson, key: string): boolean {
  if (typeof value === "boolean") return value;
  throw wrongKind(key, "non-boolean as boolean");
}

/** @throws PlatformError unless the value is an array. */
export function asArray(value: SpannedJson, key: string): readonly SpannedJson[] {
  if (Array.isArray(value)) return value as readonly SpannedJson[];
  throw wrongKind(key, "non-array as array");
}

/** @throws PlatformError unless the value is an object. */
export function asObject(value: SpannedJson, key: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw wrongKind(key, "non-object as object");
}

/** An integer from 0 on; beyond 2^53 rounded, because no size of ours reaches that. */
export function asUnsigned(value: SpannedJson, key: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  if (typeof value === "bigint" && value >= 0n && value < 2n ** 64n) return Number(value);
  throw wrongKind(key, "non-unsigned-integer as unsigned-integer");
}

/** A JSON value of the wrong type, in the words that tests assert. */
export function wrongKind(key: string, what: string): PlatformError {
  return jsonFault(`Unable to parse '${key}': attempt to access JSON ${what}`, { field: key });
}
