import { type Json, writeJson } from "../../base/index.ts";
import type { Signature } from "../../model/index.ts";
import { elementCount, Strings, type Tensors } from "../../tensor/index.ts";
import type { RemoteAnswer, RemoteRequest } from "./exchange.ts";
import { flatJson } from "./json-tensor.ts";
import type { Remote } from "./remote-file.ts";
import { badAnswer, type Expected, fieldsOf, jsonOf, kindOf, listOf, textOf, type Wire } from "./wire.ts";

const INPUTS = [{ name: "text", dtype: "BYTES", shape: [-1, 1], batchAxis: 0 }] as const;
const EMBEDDINGS: Signature = {
  inputs: INPUTS,
  outputs: [{ name: "embedding", dtype: "FP32", shape: [-1, -1], batchAxis: 0 }],
};
const CHAT: Signature = {
  inputs: INPUTS,
  outputs: [{ name: "answer", dtype: "BYTES", shape: [-1, 1], batchAxis: 0 }],
};
const TRIAL_COST = "it is not tried with made-up texts, which would cost tokens";

/** `/v1/embeddings`, all texts in one request, or `/v1/chat/completions`, a request for each text. */
export function openOpenAi(remote: Remote): Wire {
  const head = { ...remote.parameters, model: remote.model };
  if (remote.task === "embeddings") {
    return {
      signature: EMBEDDINGS,
      trialCost: TRIAL_COST,
      encode: (inputs) => [post("/v1/embeddings", { ...head, input: textsOf(inputs) })],
      decode: ([answer], { rows }) => embeddings(answer as RemoteAnswer, rows),
    };
  }
  return {
    signature: CHAT,
    trialCost: TRIAL_COST,
    encode: (inputs) =>
      textsOf(inputs).map((content) =>
        post("/v1/chat/completions", { ...head, messages: [{ role: "user", content }] }),
      ),
    decode: (answers, { rows }) => chatAnswers(answers, { rows, wanted: undefined }),
  };
}

function textsOf(inputs: Tensors): Json[] {
  const tensor = inputs.get("text");
  return tensor ? flatJson("text", tensor) : [];
}

function post(path: string, body: Json): RemoteRequest {
  const text = writeJson(body);
  return { method: "POST", path, headers: { "content-type": "application/json" }, body: Buffer.from(text) };
}

function embeddings({ body }: RemoteAnswer, rows: number): Tensors {
  const items = listOf(fieldsOf(jsonOf(body), "body")["data"], "data");
  if (items.length !== rows) throw badAnswer("data", `${items.length} vectors`, `${rows}`);
  const vectors = inOrder(items, rows);
  const size = vectors[0]?.length ?? 0;
  const other = vectors.findIndex((vector) => vector.length !== size);
  if (other >= 0) throw badAnswer(`data[${other}].embedding`, `${vectors[other]?.length} numbers`, `${size}`);
  const shape = [rows, size];
  const data = new Float32Array(elementCount(shape));
  for (const [row, vector] of vectors.entries()) data.set(vector, row * size);
  return new Map([["embedding", { dtype: "FP32", shape, data }]]);
}

/** The vectors in the order of the texts, which is that of `index`. */
function inOrder(items: readonly Json[], rows: number): (readonly number[])[] {
  const vectors: (readonly number[])[] = [];
  for (const [i, item] of items.entries()) {
    const { index = i, embedding } = fieldsOf(item, `data[${i}]`);
    const isPlace = typeof index === "number" && Number.isInteger(index) && index >= 0 && index < rows;
    if (!isPlace || vectors[index]) {
      throw badAnswer(`data[${i}].index`, kindOf(index), `each of 0 to ${rows - 1} once`);
    }
    vectors[index] = vectorOf(embedding, `data[${i}].embedding`);
  }
  return vectors;
}

function vectorOf(value: Json | undefined, field: string): number[] {
  return listOf(value, field).map((one, i) => {
    if (typeof one === "number" && Number.isFinite(one)) return one;
    throw badAnswer(`${field}[${i}]`, kindOf(one), "a number");
  });
}

function chatAnswers(answers: readonly RemoteAnswer[], { rows }: Expected): Tensors {
  const texts = answers.map(({ body }) => {
    const [choice] = listOf(fieldsOf(jsonOf(body), "body")["choices"], "choices");
    const message = fieldsOf(fieldsOf(choice, "choices[0]")["message"], "choices[0].message");
    return textOf(message["content"], "choices[0].message.content");
  });
  return new Map([["answer", { dtype: "BYTES", shape: [rows, 1], data: Strings.from(texts) }]]);
}
