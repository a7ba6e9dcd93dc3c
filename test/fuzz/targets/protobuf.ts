import assert from "node:assert/strict";
import { decodeMessage, encodeMessage, type MessageTable, message } from "../../../src/base/index.ts";
import { mutate } from "../mutate.ts";
import type { Random } from "../random.ts";
import { type FuzzTarget, refusable } from "../target.ts";

/** A message with every kind of field, which holds itself. */
interface Sample {
  readonly flag: boolean;
  readonly small: number;
  readonly long: bigint;
  readonly text: string;
  readonly raw: Uint8Array;
  readonly floats: Float32Array;
  readonly longs: BigInt64Array;
  readonly texts: readonly string[];
  readonly child: Sample | undefined;
  readonly children: ReadonlyMap<string, Sample>;
}

const sampleTable: MessageTable<Sample> = message<Sample>("fuzz.Sample", {
  flag: { number: 1, type: "bool" },
  small: { number: 2, type: "int32" },
  long: { number: 3, type: "int64" },
  text: { number: 4, type: "string" },
  raw: { number: 5, type: "bytes" },
  floats: { number: 6, type: "float", repeated: true },
  longs: { number: 7, type: "int64", repeated: true },
  texts: { number: 8, type: "string", repeated: true },
  child: { number: 9, type: () => sampleTable },
  children: { number: 10, type: () => sampleTable, map: "string" },
});

/** Damaged messages: refused by name, or read, and then written and read to the same again. */
export const protobufTarget: FuzzTarget = {
  name: "protobuf",
  run(random) {
    const bytes = mutate(encodeMessage(sampleTable, sample(random, 3)), random);
    const value = refusable(() => decodeMessage(sampleTable, bytes));
    if (value === undefined) return;
    const again = decodeMessage(sampleTable, encodeMessage(sampleTable, value));
    assert.deepEqual(again, value);
  },
};

function sample(random: Random, depth: number): Partial<Sample> {
  const child = (): Sample =>
    decodeMessage(sampleTable, encodeMessage(sampleTable, sample(random, depth - 1)));
  return {
    flag: random.below(2) === 0,
    small: random.next() | 0,
    long: BigInt.asIntN(64, BigInt(random.next()) * BigInt(random.next())),
    text: random.pick(["", "plain", "Zürich", "日本語"]),
    raw: random.bytes(random.below(20)),
    floats: Float32Array.from({ length: random.below(5) }, () => random.below(100) / 7),
    longs: BigInt64Array.from({ length: random.below(5) }, () => BigInt(random.next())),
    texts: Array.from({ length: random.below(3) }, () => "t"),
    ...(depth > 0 && random.below(2) === 0 && { child: child() }),
    ...(depth > 0 && random.below(2) === 0 && { children: new Map([["a", child()]]) }),
  };
}
