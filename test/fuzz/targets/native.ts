import assert from "node:assert/strict";
import { nativeProtocol } from "../../../src/protocols/index.ts";
import { mutate } from "../mutate.ts";
import { planes, post } from "../planes.ts";
import type { Random } from "../random.ts";
import type { FuzzTarget } from "../target.ts";

const protocol = nativeProtocol(planes, { maxBodyBytes: 1 << 20, maxLineBytes: 1 << 16 });
const PREDICT = "/predict/{model}";

const ROWS = [
  { rows: [{ numbers: 1.5, text: "a", count: 9 }] },
  [{ numbers: null, text: "ü", count: "7" }, [2, "b", 3]],
  { inputs: { numbers: [[1], [2]], text: [["a"], ["b"]], count: [[1], [2]] }, outputs: ["text"] },
  { numbers: "NaN", text: "", count: 1 },
  { text: "plain" },
  { image: "aGVsbG8=" },
].map((value) => Buffer.from(JSON.stringify(value)));

const TABLES = [
  "numbers,text,count\n1,a,2\n",
  'text;count;numbers\r\n"a ""quoted"", line\r\nbreak",1,\r\n',
  "﻿numbers,text,count\n,b,0\n1e400,c,-1\n",
].map((text) => Buffer.from(text));

const BOUNDARY = "frontier";
const FORMS = [
  `--${BOUNDARY}\r\ncontent-disposition: form-data; name="rows"\r\n\r\n[{"numbers":1,"text":"a","count":2}]\r\n--${BOUNDARY}--\r\n`,
  `--${BOUNDARY}\r\ncontent-disposition: form-data; name="f"; filename="a.csv"\r\ncontent-type: text/csv\r\n\r\nnumbers,text,count\n1,a,2\r\n--${BOUNDARY}--\r\n`,
  `--${BOUNDARY}\r\ncontent-disposition: form-data; name="text"\r\n\r\nhello\r\n--${BOUNDARY}\r\ncontent-disposition: form-data; name="count"\r\n\r\n4\r\n--${BOUNDARY}--\r\n`,
].map((text) => Buffer.from(text));

/** A request is answered, or refused as a problem with its code. */
async function check(headers: Readonly<Record<string, string>>, body: Uint8Array): Promise<void> {
  const { status, body: answer, headers: sent } = await post(protocol, PREDICT, headers, body);
  assert.ok(status < 500, `${status} ${JSON.stringify(answer)}`);
  if (status === 200) return;
  const text = typeof answer === "string" ? answer : Buffer.from(answer as Uint8Array).toString("utf8");
  assert.equal(sent["content-type"], "application/problem+json", text);
  assert.equal(typeof (JSON.parse(text) as { readonly code?: unknown }).code, "string", text);
}

const damaged = (seeds: readonly Uint8Array[], random: Random) =>
  mutate(random.pick(seeds), random, random.pick(seeds));

/** Damaged JSON bodies of the native API: rows, arrays, inputs, contents. */
export const nativeJsonTarget: FuzzTarget = {
  name: "native-json",
  run: async (random) => {
    const headers = random.below(4) === 0 ? {} : { "content-type": "application/json" };
    await check(headers, damaged(ROWS, random));
  },
};

/** Damaged CSV bodies. */
export const csvTarget: FuzzTarget = {
  name: "csv",
  run: async (random) => check({ "content-type": "text/csv" }, damaged(TABLES, random)),
};

/** Damaged multipart bodies, and wrong boundaries. */
export const multipartTarget: FuzzTarget = {
  name: "multipart",
  run: async (random) => {
    const boundary = random.below(8) > 0 ? BOUNDARY : random.pick(["", '"', "x".repeat(200), "a b", "front"]);
    await check({ "content-type": `multipart/form-data; boundary=${boundary}` }, damaged(FORMS, random));
  },
};
