import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { recordingPlanes, send, textOf } from "../../../test/kit/native.ts";
import { PlatformError } from "../../base/index.ts";
import type { Json, PredictRequest } from "../../model/index.ts";
import { linesOf } from "./lines.ts";
import { nativeProtocol } from "./native.ts";

const STREAM = "/predict/m/stream";

async function* partsOf(...parts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

function rowOf({ payload }: PredictRequest): Json {
  return payload.kind === "rows" ? (payload.rows[0] ?? null) : null;
}

/** Answers each row with itself; the row {"bad":true} is refused. */
const echo = async (request: PredictRequest) => {
  const row = rowOf(request);
  if (JSON.stringify(row) === '{"bad":true}') throw new PlatformError("invalid_argument", "a bad row");
  return { predictions: [row] };
};

test("each line is answered by one line, in order, and a bad one does not end the stream", async () => {
  const { planes } = recordingPlanes(echo);
  const bodyStream = partsOf('{"a":1}\n{"bad"', ':true}\r\n\n[2,3]\nnot json\n{"a"', ":4}");
  const reply = await send(nativeProtocol(planes), { path: STREAM, bodyStream });
  assert.equal(reply.headers["content-type"], "application/x-ndjson");
  const lines = (await textOf(reply))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    lines.map(({ line }) => line),
    [1, 2, 4, 5, 6],
  );
  assert.deepEqual(
    lines.map(({ predictions }) => predictions),
    [[{ a: 1 }], undefined, [[2, 3]], undefined, [{ a: 4 }]],
  );
  assert.deepEqual(
    lines.map(({ error }) => (error as { detail?: string } | undefined)?.detail),
    [undefined, "a bad row", undefined, "invalid JSON: got 'n' at byte 0, expected a value", undefined],
  );
});

test("a whole body of lines on the plain route is answered in the same way", async () => {
  const { planes } = recordingPlanes(echo);
  const headers = { "content-type": "application/x-ndjson" };
  const reply = await send(nativeProtocol(planes), {
    path: "/predict/m",
    headers,
    body: '{"a":1}\n{"a":2}\n',
  });
  assert.equal((await textOf(reply)).trimEnd().split("\n").length, 2);
});

test("an answer comes while the client has not sent its next line yet", async () => {
  const { planes } = recordingPlanes(echo);
  let goOn = () => {};
  const wait = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('{"a":1}\n');
    await wait;
    yield Buffer.from('{"a":2}\n');
  }
  const reply = await send(nativeProtocol(planes), { path: STREAM, bodyStream: slow() });
  const answers = (reply.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  assert.match(Buffer.from((await answers.next()).value as Uint8Array).toString(), /"line":1/);
  goOn();
  assert.match(Buffer.from((await answers.next()).value as Uint8Array).toString(), /"line":2/);
  assert.equal((await answers.next()).done, true);
});

test("a model that is not there is a 404 before any line is read", async () => {
  const { planes } = recordingPlanes(echo);
  const reply = await send(nativeProtocol(planes), {
    path: "/predict/other/stream",
    bodyStream: partsOf("{}"),
  });
  assert.equal(reply.status, 404);
});

test("a line that is too long ends the stream with an error line", async () => {
  const { planes } = recordingPlanes(echo);
  const bodyStream = partsOf(`{"a":1}\n`, "x".repeat(2000));
  const reply = await send(nativeProtocol(planes, { maxLineBytes: 1000 }), { path: STREAM, bodyStream });
  const [first, second] = (await textOf(reply)).split("\n");
  assert.match(first ?? "", /"line":1/);
  assert.match(second ?? "", /"code":"too_large"/);
});

test("lines are the same however the body is cut into parts", async () => {
  const text = fc.string({ unit: fc.constantFrom("a", "é", "\n", "\r", " ") });
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(40)), async (body, cuts) => {
      const bytes = Buffer.from(body);
      const places = [
        0,
        ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b),
        bytes.length,
      ];
      const parts = places.slice(1).map((end, i) => bytes.subarray(places[i], end));
      const naive = body
        .split("\n")
        .flatMap((line, i) => (line.trim() === "" ? [] : [{ number: i + 1, text: line }]));
      const found: { number: number; text: string }[] = [];
      for await (const line of linesOf(parts, 1000)) {
        found.push({ number: line.number, text: Buffer.from(line.bytes).toString() });
      }
      assert.deepEqual(found, naive);
    }),
  );
});
