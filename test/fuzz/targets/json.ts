import assert from "node:assert/strict";
import {
  fillFloats,
  type Json,
  JsonSpan,
  PlatformError,
  parseJson,
  writeJson,
} from "../../../src/base/index.ts";
import type { Random } from "../random.ts";

const PIECES = [
  "[",
  "]",
  "{",
  "}",
  ",",
  ":",
  '"',
  "\\",
  "\\u12",
  "é",
  "1",
  "-",
  ".5",
  "e9",
  "NaN",
  "null",
  " ",
];

/** JSON texts, right and damaged: what is taken is what `JSON.parse` takes, the rest is refused by name. */
export const jsonTarget = {
  name: "json",
  run(random: Random): void {
    const text = damage(writeJson(value(random, 4)), random);
    const bytes = Buffer.from(text);
    if (random.below(8) === 0 && bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256);
    const theirs = attempt(
      () => JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)) as Json,
    );
    const ours = attempt(() => parseJson(bytes));
    if (ours === undefined) assert.equal(theirs, undefined, `refused ${text}`);
    else assert.equal(writeJson(rounded(ours)), writeJson(theirs ?? null), text);
    attempt(() => fillFloats(new JsonSpan(bytes, 0, bytes.length), new Float32Array(random.below(9))));
  },
};

/** What `read` gives, undefined where it refuses; anything but a refusal goes on up. */
function attempt(read: () => Json): Json | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    if (error instanceof PlatformError && error.code === "invalid_argument") return undefined;
    throw error;
  }
}

function value(random: Random, depth: number): Json {
  const kind = random.below(depth > 0 ? 8 : 6);
  if (kind === 0) return random.below(2) === 0;
  if (kind === 1) return null;
  if (kind === 2) return random.below(2 ** 31) * 10 ** (random.below(30) - 15);
  if (kind === 3) return BigInt(random.below(2 ** 31)) ** 3n;
  if (kind < 6) return PIECES.slice(random.below(9)).join("").slice(0, random.below(12));
  const items = Array.from({ length: random.below(4) }, () => value(random, depth - 1));
  if (kind === 6) return items;
  return Object.fromEntries(items.map((item, i) => [i === 2 ? "__proto__" : `k${i}`, item]));
}

function damage(text: string, random: Random): string {
  let damaged = text;
  for (let n = random.below(3); n > 0; n--) {
    const at = random.below(damaged.length + 1);
    damaged =
      damaged.slice(0, at) +
      (PIECES[random.below(PIECES.length)] ?? "") +
      damaged.slice(at + random.below(3));
  }
  return damaged;
}

/** Large integers as the doubles that JSON.parse makes of them. */
function rounded(json: Json): Json {
  if (typeof json === "bigint") return Number(json);
  if (json === null || typeof json !== "object") return json;
  if (Array.isArray(json)) return (json as readonly Json[]).map(rounded);
  return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, rounded(item)]));
}
