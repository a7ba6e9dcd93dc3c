import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { recordingPlanes, send, textOf } from "../../../test/kit/native.ts";
import type { Payload } from "../../model/index.ts";
import { nativeProtocol } from "./native.ts";

const PNG = readFileSync("examples/data/ankle-boot.png");
const WAV = readFileSync("examples/data/speech.wav").subarray(0, 200);
const BASE64 = PNG.toString("base64");

interface Sent {
  readonly type?: string;
  readonly coding?: string;
  readonly body: string | Uint8Array;
}

async function predict({ type, coding, body }: Sent, maxBodyBytes = 1_000_000) {
  const { planes, seen } = recordingPlanes(async () => ({ predictions: [] }));
  const headers = {
    ...(type !== undefined && { "content-type": type }),
    ...(coding && { "content-encoding": coding }),
  };
  const reply = await send(nativeProtocol(planes, { maxBodyBytes }), { path: "/predict/m", headers, body });
  return { reply, request: seen[0] };
}

const JSON_TYPE = "application/json";
const rows = (...list: never[] | unknown[]) => ({ kind: "rows", rows: list }) as Payload;
const content = (mediaType: string, bytes: Uint8Array) => ({ mediaType, bytes: new Uint8Array(bytes) });
const contents = (...list: ReturnType<typeof content>[]) => ({ kind: "contents", contents: list }) as Payload;
const cells = (...list: unknown[]) => ({ kind: "rows", rows: list, cells: "text" }) as Payload;

const form = (...parts: readonly (readonly [head: string, body: string | Uint8Array])[]) =>
  Buffer.concat([
    ...parts.flatMap(([head, body]) => [
      Buffer.from(`--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
      Buffer.from(body),
      Buffer.from("\r\n"),
    ]),
    Buffer.from("--b--\r\n"),
  ]);
const FORM = "multipart/form-data; boundary=b";

const cases: { readonly name: string; readonly sent: Sent; readonly payload: Payload }[] = [
  {
    name: "rows by name",
    sent: { type: JSON_TYPE, body: '{"rows":[{"a":1},[2]]}' },
    payload: rows({ a: 1 }, [2]),
  },
  { name: "instances", sent: { type: JSON_TYPE, body: '{"instances":[[1],[2]]}' }, payload: rows([1], [2]) },
  {
    name: "a bare object is one row",
    sent: { type: JSON_TYPE, body: '{"a":1,"b":"x"}' },
    payload: rows({ a: 1, b: "x" }),
  },
  {
    name: "a bare array is rows",
    sent: { type: JSON_TYPE, body: '[{"a":1},{"a":2}]' },
    payload: rows({ a: 1 }, { a: 2 }),
  },
  {
    name: "an array of plain values is one row",
    sent: { type: JSON_TYPE, body: '[1,"x",null]' },
    payload: rows([1, "x", null]),
  },
  {
    name: "64-bit integers keep their digits",
    sent: { type: JSON_TYPE, body: '{"id":9007199254740993}' },
    payload: rows({ id: 9007199254740993n }),
  },
  {
    name: "JSON with a charset",
    sent: { type: "application/json; charset=utf-8", body: '{"a":"é"}' },
    payload: rows({ a: "é" }),
  },
  { name: "JSON without a type", sent: { body: ' {"a":1}' }, payload: rows({ a: 1 }) },
  {
    name: "JSON under curl's default type",
    sent: { type: "application/x-www-form-urlencoded", body: '{"a":1}' },
    payload: rows({ a: 1 }),
  },
  {
    name: "inputs by name",
    sent: { type: JSON_TYPE, body: '{"inputs":{"x":[[1,2]]}}' },
    payload: { kind: "arrays", arrays: new Map([["x", [[1, 2]]]]) },
  },
  {
    name: "inputs as a list",
    sent: { type: JSON_TYPE, body: '{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[1]}]}' },
    payload: {
      kind: "arrays",
      arrays: new Map([["x", { name: "x", shape: [1], datatype: "FP32", data: [1] }]]),
    },
  },
  {
    name: "a data URI",
    sent: { type: JSON_TYPE, body: `{"image":"data:image/png;base64,${BASE64}"}` },
    payload: contents(content("image/png", PNG)),
  },
  {
    name: "several pictures in base64",
    sent: { type: JSON_TYPE, body: `{"image":["${BASE64}","${BASE64}"]}` },
    payload: contents(content("", PNG), content("", PNG)),
  },
  {
    name: "pictures as rows",
    sent: { type: JSON_TYPE, body: `{"rows":[{"image":"${BASE64}"}]}` },
    payload: contents(content("", PNG)),
  },
  {
    name: "a text in JSON",
    sent: { type: JSON_TYPE, body: '{"text":"héllo"}' },
    payload: contents(content("text/plain", Buffer.from("héllo"))),
  },
  {
    name: "a column named text among others is a row",
    sent: { type: JSON_TYPE, body: '{"text":"a","n":1}' },
    payload: rows({ text: "a", n: 1 }),
  },
  {
    name: "a raw picture",
    sent: { type: "image/png", body: PNG },
    payload: contents(content("image/png", PNG)),
  },
  {
    name: "a raw sound",
    sent: { type: "audio/wav", body: WAV },
    payload: contents(content("audio/wav", WAV)),
  },
  {
    name: "a picture seen in bytes",
    sent: { type: "application/octet-stream", body: PNG },
    payload: contents(content("image/png", PNG)),
  },
  { name: "a sound seen in bytes", sent: { body: WAV }, payload: contents(content("audio/wav", WAV)) },
  {
    name: "text",
    sent: { type: "text/plain; charset=utf-8", body: "hi" },
    payload: contents(content("text/plain", Buffer.from("hi"))),
  },
  {
    name: "CSV",
    sent: { type: "text/csv", body: 'a,b\r\n1,"x, ""y"""\r\n' },
    payload: cells(["a", "b"], ["1", 'x, "y"']),
  },
  {
    name: "CSV with a byte order mark and empty lines",
    sent: { type: "text/csv", body: "\ufeffa\n\n1\n" },
    payload: cells(["a"], ["1"]),
  },
  {
    name: "tab-separated values",
    sent: { type: "text/tab-separated-values", body: "a\tb\n1\t2" },
    payload: cells(["a", "b"], ["1", "2"]),
  },
  {
    name: "form fields are one row of texts",
    sent: { type: "application/x-www-form-urlencoded", body: "a=1&b=x+y" },
    payload: cells({ a: "1", b: "x y" }),
  },
  {
    name: "text under curl's default type",
    sent: { type: "application/x-www-form-urlencoded", body: "win a prize" },
    payload: contents(content("text/plain", Buffer.from("win a prize"))),
  },
  {
    name: "a form with a file",
    sent: { type: FORM, body: form(['name="f"; filename="a.png"\r\nContent-Type: image/png', PNG]) },
    payload: contents(content("image/png", PNG)),
  },
  {
    name: "a form with two files, one without a useful type",
    sent: {
      type: FORM,
      body: form(
        ['name="f"; filename="a"\r\nContent-Type: application/octet-stream', PNG],
        ['name="g"; filename="b.wav"\r\nContent-Type: audio/wav', WAV],
      ),
    },
    payload: contents(content("image/png", PNG), content("audio/wav", WAV)),
  },
  {
    name: "a form with a file of rows",
    sent: { type: FORM, body: form(['name="f"; filename="a.csv"\r\nContent-Type: text/csv', "a\n1\n"]) },
    payload: cells(["a"], ["1"]),
  },
  {
    name: "a form with fields is one row",
    sent: { type: FORM, body: form(['name="a"', "1"], ['name="b"', "x"]) },
    payload: cells({ a: "1", b: "x" }),
  },
  {
    name: "a form with JSON",
    sent: { type: FORM, body: form(['name="rows"', '[{"a":1}]']) },
    payload: rows({ a: 1 }),
  },
  {
    name: "a form with texts",
    sent: { type: FORM, body: form(['name="text"', "one"], ['name="text"', "two"]) },
    payload: contents(content("text/plain", Buffer.from("one")), content("text/plain", Buffer.from("two"))),
  },
  {
    name: "gzip",
    sent: { type: JSON_TYPE, coding: "gzip", body: gzipSync('{"a":1}') },
    payload: rows({ a: 1 }),
  },
  {
    name: "deflate",
    sent: { type: JSON_TYPE, coding: "deflate", body: deflateSync('{"a":1}') },
    payload: rows({ a: 1 }),
  },
  {
    name: "brotli",
    sent: { type: "text/csv", coding: "br", body: brotliCompressSync("a\n1") },
    payload: cells(["a"], ["1"]),
  },
];

/** Buffers and typed arrays over the same bytes are the same for these tests. */
function plain(payload: Payload | undefined): unknown {
  if (payload?.kind !== "contents") return payload;
  return {
    kind: "contents",
    contents: payload.contents.map(({ mediaType, bytes }) => ({ mediaType, bytes: new Uint8Array(bytes) })),
  };
}

for (const { name, sent, payload } of cases) {
  test(`decoded: ${name}`, async () => {
    const { reply, request } = await predict(sent);
    assert.equal(reply.status, 200, await textOf(reply));
    assert.deepEqual(plain(request?.payload), payload);
  });
}

const refusals: {
  readonly name: string;
  readonly sent: Sent;
  readonly status?: number;
  readonly detail: RegExp;
}[] = [
  { name: "an empty body", sent: { body: "" }, detail: /the body is empty/ },
  {
    name: "JSON that is none",
    sent: { type: JSON_TYPE, body: '{"a":}' },
    detail: /invalid JSON: .* at byte 5/,
  },
  {
    name: "JSON that is not UTF-8",
    sent: { type: JSON_TYPE, body: Uint8Array.of(0x22, 0xff, 0x22) },
    detail: /not UTF-8/,
  },
  { name: "a plain value", sent: { type: JSON_TYPE, body: "5" }, detail: /body: got 5, expected \{"rows"/ },
  {
    name: "no rows",
    sent: { type: JSON_TYPE, body: '{"rows":[]}' },
    detail: /rows: got an empty array, expected at least one row/,
  },
  {
    name: "rows that are no array",
    sent: { type: JSON_TYPE, body: '{"rows":{"a":1}}' },
    detail: /rows: got object, expected an array of rows/,
  },
  {
    name: "another key beside rows",
    sent: { type: JSON_TYPE, body: '{"rows":[[1]],"row":1}' },
    detail: /row: got "row" beside "rows"/,
  },
  {
    name: "an input twice",
    sent: { type: JSON_TYPE, body: '{"inputs":[{"name":"x","shape":[],"data":1},{"name":"x"}]}' },
    detail: /inputs\[1\].name: got "x" again/,
  },
  {
    name: "base64 that is none",
    sent: { type: JSON_TYPE, body: '{"image":"***"}' },
    detail: /image\[0\] is not base64/,
  },
  {
    name: "an unclosed quote in CSV",
    sent: { type: "text/csv", body: 'a\n"1' },
    detail: /the CSV cannot be read: Quote Not Closed/,
  },
  {
    name: "a type that is not taken",
    sent: { type: "application/xml", body: "<a/>" },
    detail: /content-type "application\/xml" is not taken/,
  },
  {
    name: "a form cut off",
    sent: { type: FORM, body: form(['name="a"', "1"]).subarray(0, 51) },
    detail: /the form cannot be read/,
  },
  {
    name: "a form without a boundary",
    sent: { type: "multipart/form-data", body: "x" },
    detail: /the form cannot be read: Multipart: Boundary not found/,
  },
  {
    name: "files and fields together",
    sent: { type: FORM, body: form(['name="a"', "1"], ['name="f"; filename="x"', "y"]) },
    detail: /files and fields \(a\)/,
  },
  {
    name: "an unknown coding",
    sent: { type: JSON_TYPE, coding: "snappy", body: "{}" },
    detail: /content-encoding "snappy" is not known/,
  },
  {
    name: "gzip that is none",
    sent: { type: JSON_TYPE, coding: "gzip", body: "{}" },
    detail: /the body is not gzip/,
  },
  {
    name: "a bomb",
    sent: { type: JSON_TYPE, coding: "gzip", body: gzipSync(Buffer.alloc(2_000_000, 32)) },
    status: 413,
    detail: /larger than 1000000 bytes after decompression/,
  },
];

for (const { name, sent, status = 400, detail } of refusals) {
  test(`refused: ${name}`, async () => {
    const { reply } = await predict(sent);
    const problem = JSON.parse(await textOf(reply)) as { readonly detail: string; readonly status: number };
    assert.match(problem.detail, detail);
    assert.equal(reply.status, status);
    assert.equal(problem.status, status);
    assert.equal(reply.headers["content-type"], "application/problem+json");
  });
}

test("forms and CSV of endless small parts are refused before anything is built of them", async () => {
  const refused = async (type: string, body: string, message: RegExp) => {
    const { reply } = await predict({ type, body }, 100_000_000);
    const text = await textOf(reply);
    assert.equal(reply.status, 413, text);
    assert.match(text, message);
  };
  await refused("application/x-www-form-urlencoded", "a=1&".repeat(10_001), /more than 10000 fields/);
  await refused("text/csv", "a,b\n".repeat(1_000_001), /more than 2000000 delimiters and line ends/);
  const part = '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n';
  await refused("multipart/form-data; boundary=B", part.repeat(20_000), /more than 1000 parts/);
});

test("a large CSV is read as a small one is, quotes and byte order mark included", async () => {
  const lines = Array.from({ length: 9000 }, (_, i) => [`${i}`, `say ""${i}"",\n`, "é"]);
  const body = `\ufeff${lines.map(([a, b, c]) => `${a},"${b}",${c}`).join("\r\n")}\r\n\r\n`;
  const { request } = await predict({ type: "text/csv", body });
  assert.deepEqual(request?.payload, cells(...lines.map(([a, b, c]) => [a, b?.replaceAll('""', '"'), c])));
});
