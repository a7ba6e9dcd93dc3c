import { shortestFloat32 } from "./float32.ts";
import type { Json } from "./json.ts";

/** With a fraction, because readers with integers, such as Python's, take "-0" for 0. */
const MINUS_ZERO = "-0.0";

export interface JsonStyle {
  /** How NaN and infinities are written: as null (default), or as the bare tokens of the V2 wire. */
  readonly nonFinite?: "null" | "token";
}

/** A value as JSON text: bigint digit by digit, -0 with its sign, members in their order. */
export function writeJson(value: Json, style: JsonStyle = {}): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return writeNumber(value, style);
  if (typeof value === "bigint") return value.toString();
  if (value === null || typeof value === "boolean") return String(value);
  return isArray(value) ? writeArray(value, style) : writeObject(value, style);
}

function writeArray(items: readonly Json[], style: JsonStyle): string {
  let text = "[";
  for (const item of items) {
    if (text.length > 1) text += ",";
    text += writeJson(item, style);
  }
  return `${text}]`;
}

function writeObject(object: { readonly [key: string]: Json }, style: JsonStyle): string {
  let text = "{";
  for (const [key, value] of Object.entries(object)) {
    if (text.length > 1) text += ",";
    text += `${JSON.stringify(key)}:${writeJson(value, style)}`;
  }
  return `${text}}`;
}

/** A double as its shortest text; as a V2 token or null where it is not finite. */
function writeNumber(value: number, style: JsonStyle): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? MINUS_ZERO : String(value);
  return style.nonFinite === "token" ? String(value) : "null";
}

/** `Array.isArray` that knows readonly arrays. */
function isArray(value: readonly Json[] | { readonly [key: string]: Json }): value is readonly Json[] {
  return Array.isArray(value);
}

/** A float32 as the shortest decimal that reads back as it; NaN and infinities as bare tokens. */
export function writeFloat32(value: number): string {
  return Object.is(value, -0) ? MINUS_ZERO : String(shortestFloat32(value));
}
