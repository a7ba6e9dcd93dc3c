import assert from "node:assert/strict";
import { test } from "node:test";
import { PlatformError } from "../../base/index.ts";
import { Strings, type Tensors, tensorOf } from "../../tensor/index.ts";
import type { RemoteAnswer, RemoteRequest } from "./exchange.ts";
import { openOpenAi } from "./openai.ts";
import { parseRemote } from "./remote-file.ts";

const wireOf = (task: string) =>
  openOpenAi(
    parseRemote(
      Buffer.from(
        JSON.stringify({
          url: "https://api.example",
          protocol: "openai",
          model: "m",
          task,
          parameters: { user: "sirve" },
        }),
      ),
    ),
  );

const TEXTS: Tensors = new Map([["text", tensorOf("BYTES", [2, 1], ["one", "zwei"])]]);

const answerOf = (body: unknown): RemoteAnswer => {
  return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(body)) };
};

const bodyOf = ({ body }: RemoteRequest): unknown => JSON.parse(Buffer.from(body ?? []).toString());

const EXPECTED = { rows: 2, wanted: undefined };

test("embeddings send all texts in one request, and come in the order of the texts", () => {
  const wire = wireOf("embeddings");
  const [request, ...others] = wire.encode(TEXTS, undefined);
  assert.ok(request);
  assert.deepEqual(others, []);
  assert.equal(request.path, "/v1/embeddings");
  assert.deepEqual(bodyOf(request), { user: "sirve", model: "m", input: ["one", "zwei"] });
  const data = [
    { index: 1, embedding: [3, 4] },
    { index: 0, embedding: [1, 2] },
  ];
  const embedding = wire.decode([answerOf({ data })], EXPECTED).get("embedding");
  assert.deepEqual(embedding, { dtype: "FP32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
});

test("a chat sends a request for each text, and gives a text for each", () => {
  const wire = wireOf("chat");
  const requests = wire.encode(TEXTS, undefined);
  assert.deepEqual(requests.map(bodyOf), [
    { user: "sirve", model: "m", messages: [{ role: "user", content: "one" }] },
    { user: "sirve", model: "m", messages: [{ role: "user", content: "zwei" }] },
  ]);
  const answers = ["eins", "two"].map((content) => answerOf({ choices: [{ message: { content } }] }));
  const answer = wire.decode(answers, EXPECTED).get("answer");
  assert.ok(answer?.data instanceof Strings);
  assert.deepEqual(answer.data.toArray(), ["eins", "two"]);
});

test("an answer that is not OpenAI's is told by the field that is wrong", () => {
  const good = { index: 0, embedding: [1, 2] };
  const wrong: readonly (readonly [unknown, string])[] = [
    [{}, "data"],
    [{ data: [good] }, "data"],
    [{ data: [good, good] }, "data[1].index"],
    [{ data: [good, { index: 2, embedding: [1, 2] }] }, "data[1].index"],
    [{ data: [good, { index: 1, embedding: [1] }] }, "data[1].embedding"],
    [{ data: [good, { index: 1, embedding: [1, null] }] }, "data[1].embedding[1]"],
    [{ data: [good, { index: 1, embedding: "AAAA" }] }, "data[1].embedding"],
  ];
  for (const [body, field] of wrong) {
    assert.throws(
      () => wireOf("embeddings").decode([answerOf(body)], EXPECTED),
      (thrown) => PlatformError.from(thrown).details.field === field,
      field,
    );
  }
  const refusal = answerOf({ choices: [{ message: { content: null } }] });
  assert.throws(
    () => wireOf("chat").decode([refusal], { ...EXPECTED, rows: 1 }),
    (thrown) => PlatformError.from(thrown).details.field === "choices[0].message.content",
  );
});
